<?php
/* The passwords are read from their files at each request: they are in no environment and in no file of the image. */
function container_secret(string $variable): string {
    $path = getenv($variable);
    $text = $path === false ? false : file_get_contents($path);
    if ($text === false) {
        http_response_code(500);
        exit("$variable must name a readable file");
    }
    return rtrim($text, "\r\n");
}

define('DB_HOST', getenv('WORDPRESS_DB_HOST') ?: 'mysql');
define('DB_NAME', getenv('WORDPRESS_DB_NAME') ?: 'wordpress');
define('DB_USER', getenv('WORDPRESS_DB_USER') ?: 'wordpress');
define('DB_PASSWORD', container_secret('WORDPRESS_DB_PASSWORD_FILE'));
define('DB_CHARSET', 'utf8mb4');
define('WP_CONTENT_DIR', '/var/lib/wordpress/wp-content');
define('FS_METHOD', 'direct');

/* One secret is enough: the eight keys that WordPress wants are derived from it. */
$salt = container_secret('WORDPRESS_SALT_FILE');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $use) {
    define("{$use}_KEY", hash_hmac('sha256', "{$use}_KEY", $salt));
    define("{$use}_SALT", hash_hmac('sha256', "{$use}_SALT", $salt));
}
unset($salt, $use);

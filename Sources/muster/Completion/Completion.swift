import ArgumentParser

/// `muster completion`.
struct Completion: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print what makes a shell complete commands, options and names.",
    discussion: """
      bash: muster completion bash >/etc/bash_completion.d/muster
      zsh:  muster completion zsh >"${fpath[1]}/_muster"
      fish: muster completion fish >~/.config/fish/completions/muster.fish
      """)
  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }
  @Argument(help: "bash, zsh or fish.") var shell: Shell

  func perform(_ context: Context) async throws -> Int32 {
    let script =
      switch shell {
      case .bash: bashCompletion
      case .zsh: zshCompletion
      case .fish: fishCompletion
      }
    context.output.write(script)
    return 0
  }
}

/// A word that ends with `=`, `/` or `:` goes on without a blank; files where there is nothing else.
private let bashCompletion = """
  # bash completion for muster
  _muster() {
    local IFS=$'\\n' words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    # What bash has cut at colons and equals signs is one word.
    local line="${COMP_LINE:0:COMP_POINT}" cur="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)" -- "$cur"))
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=:/] ]] && compopt -o nospace
    return 0
  }
  complete -o default -F _muster muster

  """

private let zshCompletion = """
  #compdef muster
  _muster() {
    local -a found
    found=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[*]}" ]]; then
      compadd -- "${found[@]}"
    else
      _files
    fi
  }
  if [ "$funcstack[1]" = "_muster" ]; then _muster "$@"; else compdef _muster muster; fi

  """

private let fishCompletion = """
  # fish completion for muster
  function __muster_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] __complete $words[2..-1] 2>/dev/null
  end
  complete -c muster -f -a '(__muster_complete)'

  """

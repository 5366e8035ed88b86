#pragma once
/// A system call by number in the machine's own ABI, all arguments -1: the result, or minus the error number.
long cprobe_native(unsigned number);
/// The same in the ABI of 32-bit programs, where the machine has one (`int 0x80`).
long cprobe_i386(unsigned number);

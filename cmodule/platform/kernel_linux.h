/* SPDX-License-Identifier: MIT */
/* The Linux kernel's interface, as far as patch/ and resident/ use it: their text is compiled in a
 * process that has no headers. A native build includes the kernel's own headers first, so that the
 * preprocessor refuses a value that differs from theirs. */
#ifndef POOLNV_KERNEL_LINUX_H
#define POOLNV_KERNEL_LINUX_H

#include <stdint.h>

#if defined(POOLNV_PATCH_NATIVE) || defined(POOLNV_RESIDENT_NATIVE)
#include <asm/errno.h>
#include <asm/poll.h>
#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/close_range.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/wait.h>
#endif

/* asm/unistd_64.h, asm/unistd_32.h */
#if defined(__x86_64__)
#define __NR_read              0
#define __NR_write             1
#define __NR_close             3
#define __NR_poll              7
#define __NR_lseek             8
#define __NR_mprotect          10
#define __NR_rt_sigaction      13
#define __NR_rt_sigprocmask    14
#define __NR_nanosleep         35
#define __NR_getpid            39
#define __NR_exit              60
#define __NR_wait4             61
#define __NR_semop             65
#define __NR_msgsnd            69
#define __NR_msgrcv            70
#define __NR_fcntl             72
#define __NR_ptrace            101
#define __NR_geteuid           107
#define __NR_rt_sigtimedwait   128
#define __NR_prctl             157
#define __NR_gettid            186
#define __NR_io_getevents      208
#define __NR_getdents64        217
#define __NR_semtimedop        220
#define __NR_clock_gettime     228
#define __NR_epoll_wait        232
#define __NR_openat            257
#define __NR_unshare           272
#define __NR_epoll_pwait       281
#define __NR_pipe2             293
#define __NR_rt_tgsigqueueinfo 297
#define __NR_process_vm_readv  310
#define __NR_statx             332
#define __NR_close_range       436
#define __NR_epoll_pwait2      441
#define NR_FCNTL               __NR_fcntl
#define NR_GETEUID             __NR_geteuid
#else
#define __NR_exit                   1
#define __NR_read                   3
#define __NR_write                  4
#define __NR_close                  6
#define __NR_lseek                  19
#define __NR_getpid                 20
#define __NR_ptrace                 26
#define __NR_wait4                  114
#define __NR_ipc                    117
#define __NR_mprotect               125
#define __NR_nanosleep              162
#define __NR_poll                   168
#define __NR_prctl                  172
#define __NR_rt_sigaction           174
#define __NR_rt_sigprocmask         175
#define __NR_rt_sigtimedwait        177
#define __NR_geteuid32              201
#define __NR_getdents64             220
#define __NR_fcntl64                221
#define __NR_gettid                 224
#define __NR_io_getevents           247
#define __NR_epoll_wait             256
#define __NR_clock_gettime          265
#define __NR_openat                 295
#define __NR_unshare                310
#define __NR_epoll_pwait            319
#define __NR_pipe2                  331
#define __NR_rt_tgsigqueueinfo      335
#define __NR_process_vm_readv       347
#define __NR_statx                  383
#define __NR_clock_gettime64        403
#define __NR_semtimedop_time64      420
#define __NR_rt_sigtimedwait_time64 421
#define __NR_close_range            436
#define __NR_epoll_pwait2           441
#define NR_FCNTL                    __NR_fcntl64
#define NR_GETEUID                  __NR_geteuid32
#endif

/* asm/ptrace-abi.h, linux/ptrace.h */
#define PTRACE_GETREGS    12
#define PTRACE_SETREGS    13
#define PTRACE_DETACH     17
#define PTRACE_SEIZE      0x4206
#define PTRACE_INTERRUPT  0x4207
#define PTRACE_EVENT_STOP 128

/* linux/sched.h */
#define CLONE_VM       0x00000100
#define CLONE_FS       0x00000200
#define CLONE_FILES    0x00000400
#define CLONE_UNTRACED 0x00800000

/* linux/wait.h */
#define WNOHANG 0x00000001
#define __WALL  0x40000000

/* linux/prctl.h */
#define PR_SET_NAME    15
#define PR_SET_PTRACER 0x59616d61

/* asm/signal.h; bytes of the kernel's sigset_t */
#define SIG_SETMASK  2
#define SIGSET_BYTES 8
#define SIGILL       4
#define SIGABRT      6
#define SIGBUS       7
#define SIGFPE       8
#define SIGSEGV      11
#define SA_SIGINFO   0x00000004
#define SA_RESTORER  0x04000000
#define SA_ONSTACK   0x08000000

/* asm-generic/errno-base.h */
#define ESRCH 3
#define EINTR 4

/* linux/time.h */
#define CLOCK_REALTIME  0
#define CLOCK_MONOTONIC 1

/* asm-generic/fcntl.h, linux/fcntl.h */
#define O_RDONLY              00000000
#define O_WRONLY              00000001
#define O_CREAT               00000100
#define O_APPEND              00002000
#define O_NONBLOCK            00004000
#define O_LARGEFILE           00100000
#define O_DIRECTORY           00200000
#define O_NOFOLLOW            00400000
#define O_CLOEXEC             02000000
#define F_LINUX_SPECIFIC_BASE 1024
#define F_DUPFD_CLOEXEC       (F_LINUX_SPECIFIC_BASE + 6)
#define AT_FDCWD              -100
#define AT_SYMLINK_NOFOLLOW   0x100
#define AT_EMPTY_PATH         0x1000

/* linux/close_range.h */
#define CLOSE_RANGE_UNSHARE (1U << 1)

/* linux/stat.h; the offsets are those of struct statx */
#define S_IFMT            00170000
#define S_IFREG           0100000
#define S_IFCHR           0020000
#define S_IWOTH           00002
#define STATX_BASIC_STATS 0x000007ffU
#define STATX_NLINK_AT    16
#define STATX_UID_AT      20
#define STATX_MODE_AT     28
#define STATX_BYTES       256

/* asm-generic/poll.h */
#define POLLIN 0x0001

struct kernel_pollfd {
    int fd;
    short events;
    short revents;
};

/* linux/uio.h, struct iovec */
struct kernel_iovec {
    void *iov_base;
    unsigned long iov_len;
};

/* asm-generic/mman-common.h */
#define PROT_READ  0x1
#define PROT_WRITE 0x2
#define PROT_EXEC  0x4

/* linux/time_types.h, struct __kernel_old_timespec */
struct kernel_timespec {
    long tv_sec;
    long tv_nsec;
};

/* linux/dirent.h, which is not among the headers for programs; getdents64(2) */
struct linux_dirent64 {
    uint64_t d_ino;
    int64_t d_off;
    uint16_t d_reclen; /* bytes to the next entry */
    uint8_t d_type;
    char d_name[];
};

/* asm/user_64.h, asm/user_32.h: what PTRACE_GETREGS writes */
#if defined(__x86_64__)
struct user_regs_struct {
    unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
    unsigned long orig_ax; /* number of the system call, -1 outside of one */
    unsigned long ip, cs, flags, sp, ss, fs_base, gs_base, ds, es, fs, gs;
};
#else
struct user_regs_struct {
    unsigned long bx, cx, dx, si, di, bp, ax, ds, es, fs, gs;
    unsigned long orig_ax; /* number of the system call, -1 outside of one */
    unsigned long ip, cs, flags, sp, ss;
};
#endif

/* Bytes of the instructions syscall, sysenter and int 0x80. */
#define SYSCALL_BYTES 2

#endif

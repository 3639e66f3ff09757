/* Fails one system call of a program: the N-th that touches something below a folder.

   usage: injector LOG N HOW KINDS FOLDER PROGRAM [ARGUMENT...]

   HOW is the number of an errno, or 0 for the lie that a file ends here.
   KINDS is "in" (open, read, list, stat, read a link) or "out" (write, sync, rename, make, remove).
   LOG gets a line about each call of this kind, in order. With N = 0 none fails.

   The kernel asks us before each of these calls (seccomp's user notifications): so neither the language of the
   program nor its way of calling the kernel matters, and children such as git are covered as well. Exit codes are the
   program's; 125 is: this kernel does not do that. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1UL
#endif

enum { BY_FD, BY_PATH, BY_OPEN };
/* Number, name, what the first arguments are, whether it is a read that can say "nothing". */
static const struct call { int nr; const char *name; int by, fd, path, nothing; char kind; } CALLS[] = {
    {__NR_read, "read", BY_FD, 0, 0, 1, 'i'},
    {__NR_pread64, "pread", BY_FD, 0, 0, 1, 'i'},
    {__NR_readv, "readv", BY_FD, 0, 0, 1, 'i'},
    {__NR_getdents64, "getdents", BY_FD, 0, 0, 0, 'i'},
    {__NR_fstat, "fstat", BY_FD, 0, 0, 0, 'i'},
    {__NR_statx, "statx", BY_PATH, 0, 1, 0, 'i'},
    {__NR_newfstatat, "fstatat", BY_PATH, 0, 1, 0, 'i'},
    {__NR_readlinkat, "readlinkat", BY_PATH, 0, 1, 0, 'i'},
    {__NR_openat, "openat", BY_OPEN, 0, 1, 0, 'i'},
#ifdef __NR_openat2
    {__NR_openat2, "openat2", BY_OPEN, 0, 1, 0, 'i'},
#endif
#ifdef __NR_open
    {__NR_open, "open", BY_OPEN, -1, 0, 0, 'i'},
    {__NR_stat, "stat", BY_PATH, -1, 0, 0, 'i'},
    {__NR_lstat, "lstat", BY_PATH, -1, 0, 0, 'i'},
    {__NR_readlink, "readlink", BY_PATH, -1, 0, 0, 'i'},
    {__NR_rename, "rename", BY_PATH, -1, 0, 0, 'o'},
    {__NR_unlink, "unlink", BY_PATH, -1, 0, 0, 'o'},
    {__NR_mkdir, "mkdir", BY_PATH, -1, 0, 0, 'o'},
#endif
    {__NR_write, "write", BY_FD, 0, 0, 0, 'o'},
    {__NR_pwrite64, "pwrite", BY_FD, 0, 0, 0, 'o'},
    {__NR_writev, "writev", BY_FD, 0, 0, 0, 'o'},
    {__NR_fsync, "fsync", BY_FD, 0, 0, 0, 'o'},
    {__NR_fdatasync, "fdatasync", BY_FD, 0, 0, 0, 'o'},
    {__NR_ftruncate, "ftruncate", BY_FD, 0, 0, 0, 'o'},
#ifdef __NR_renameat
    {__NR_renameat, "renameat", BY_PATH, 0, 1, 0, 'o'},
#endif
    {__NR_renameat2, "renameat2", BY_PATH, 0, 1, 0, 'o'},
    {__NR_linkat, "linkat", BY_PATH, 0, 1, 0, 'o'},
    {__NR_unlinkat, "unlinkat", BY_PATH, 0, 1, 0, 'o'},
    {__NR_mkdirat, "mkdirat", BY_PATH, 0, 1, 0, 'o'},
};
enum { MOST = sizeof CALLS / sizeof *CALLS };

/* What a descriptor of the process stands for: 0 is the folder it is in. */
static void of_fd(char *into, size_t size, int pid, int fd) {
    char link[64];
    snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/%d/cwd" : "/proc/%d/fd/%d", pid, fd);
    ssize_t n = readlink(link, into, size - 1);
    into[n < 0 ? 0 : n] = 0;
}

/* The path that a call is about, as far as it says. */
static void path_of(char *into, size_t size, const struct call *call, const struct seccomp_notif *ask) {
    int pid = ask->pid;
    int fd = call->fd < 0 ? AT_FDCWD : (int)ask->data.args[call->fd];
    if (call->by == BY_FD) {
        of_fd(into, size, pid, fd);
        return;
    }
    char name[4096] = "";
    unsigned long from = ask->data.args[call->path];
    /* Page by page: a short name may stand at the end of what is mapped. */
    for (size_t done = 0; from && done < sizeof name - 1;) {
        size_t part = 4096 - (from + done) % 4096;
        if (part > sizeof name - 1 - done) part = sizeof name - 1 - done;
        struct iovec ours = {name + done, part}, theirs = {(void *)(from + done), part};
        ssize_t n = process_vm_readv(pid, &ours, 1, &theirs, 1, 0);
        if (n <= 0 || memchr(name + done, 0, n)) break;
        done += n;
    }
    if (name[0] == '/') {
        snprintf(into, size, "%s", name);
        return;
    }
    of_fd(into, size, pid, fd);
    size_t len = strlen(into);
    if (name[0]) snprintf(into + len, size - len, "/%s", name);
}

static int listen_to_calls(char kind) {
    struct sock_filter program[4 * MOST + 4];
    int at = 0;
    program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < MOST; i++) {
        if (kind == 'i' && CALLS[i].kind != 'i') continue;
        program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALLS[i].nr, 0, 1);
        program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {at, program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
    return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

static void give_fd(int socket, int fd) {
    char byte = 0;
    struct iovec data = {&byte, 1};
    union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(int))]; } control = {0};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
    sendmsg(socket, &message, 0);
}

static int take_fd(int socket) {
    char byte;
    struct iovec data = {&byte, 1};
    union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(int))]; } control;
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(socket, &message, 0) != 1) return -1;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    int fd = -1;
    if (head) memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return fd;
}

int main(int count, char **args) {
    if (count < 7) return 125;
    FILE *log = fopen(args[1], "w");
    long wanted = atol(args[2]), seen = 0;
    int how = atoi(args[3]);
    char kind = args[4][0];
    const char *folder = args[5];
    size_t length = strlen(folder);
    int pair[2];
    if (!log || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) return 125;
    pid_t child = fork();
    if (child == 0) {
        /* The descriptor goes out by a call that is not asked about; close() and exec() are not either. */
        int listener = listen_to_calls(kind);
        if (listener < 0) _exit(125);
        give_fd(pair[1], listener);
        close(listener);
        execv(args[6], args + 6);
        _exit(125);
    }
    close(pair[1]);
    int listener = take_fd(pair[0]);
    if (listener < 0) {
        waitpid(child, NULL, 0);
        return 125;
    }
    int status = 0, ended = 0;
    struct pollfd wait = {listener, POLLIN, 0};
    while (poll(&wait, 1, 20) >= 0) {
        if (!ended && waitpid(child, &status, WNOHANG) == child) ended = 1;
        if (wait.revents & POLLIN) {
            struct seccomp_notif ask = {0};
            struct seccomp_notif_resp answer = {0};
            if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask)) continue;
            answer.id = ask.id;
            answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
            const struct call *call = NULL;
            for (int i = 0; i < MOST && !call; i++)
                if (CALLS[i].nr == ask.data.nr) call = &CALLS[i];
            char path[8192];
            path_of(path, sizeof path, call, &ask);
            /* What is opened for writing belongs to the writes. */
            char kind_of = call->kind;
            if (call->by == BY_OPEN && call->nr != __NR_openat2) {
                int flags = ask.data.args[call->path + 1];
                if (flags & (O_WRONLY | O_RDWR)) kind_of = 'o';
            }
            int inside = !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
            if (inside && kind_of == kind && (how || call->nothing)) {
                fprintf(log, "%s %s\n", call->name, path + length);
                if (++seen == wanted) {
                    answer.flags = 0;
                    answer.error = -how;
                }
            }
            ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
        } else if (ended || (wait.revents & (POLLHUP | POLLERR))) {
            break;
        }
        wait.revents = 0;
    }
    if (!ended) waitpid(child, &status, 0);
    fclose(log);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

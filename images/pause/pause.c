/* Holds a pod's namespaces open. As pid 1 it must reap orphans when pods share a process namespace. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_exit_request(int signal_number) {
    (void)signal_number;
    _exit(0);
}

static void on_child(int signal_number) {
    (void)signal_number;
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
}

int main(void) {
    struct sigaction leave = {.sa_handler = on_exit_request};
    struct sigaction reap = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};

    if (sigaction(SIGINT, &leave, NULL) || sigaction(SIGTERM, &leave, NULL) || sigaction(SIGCHLD, &reap, NULL))
        return 1;
    for (;;)
        pause();
}

/* Standard input, output and error: open whatever the caller closed, and an error when standard
   output cannot be written. */
#include "program/program.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
  HypStreamsOpen - Takes the descriptors 0 to 2 where the caller closed them

  Not collective; before any file is opened

  Notes:
  Otherwise a file of ours would get such a descriptor, and messages would go into it.
  Writing to a closed standard output stays an error; messages of a closed standard error are lost.
  A reader of standard output that has seen enough (head) ends the program without a message,
  a command when its files are written: HypStreamsHold().
*/
void HypStreamsOpen(void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      (void)open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
  signal(SIGPIPE, SIG_DFL);
}

static void Mask(int how)
{
  sigset_t gone;

  sigemptyset(&gone);
  sigaddset(&gone, SIGPIPE);
  sigprocmask(how, &gone, NULL);
}

/*
  HypStreamsHold - Lets a command write its files though the reader of what it prints has gone

  Not collective

  Note:
  The signal waits: HypStreamsRelease() ends the program by it, as `head` expects.
*/
void HypStreamsHold(void)
{
  Mask(SIG_BLOCK);
}

/*
  HypStreamsRelease - Ends what HypStreamsHold() began, and the program if the reader has gone

  Not collective
*/
void HypStreamsRelease(void)
{
  Mask(SIG_UNBLOCK);
}

/*
  HypStreamsProblem - What kept standard output from being written

  Not collective

  Returns the reason, or NULL; all that was printed has been written then.
*/
const char *HypStreamsProblem(void)
{
  errno = 0; /* of an earlier write that failed nothing is known any more */
  if (!fflush(stdout) && !ferror(stdout)) return NULL;
  return errno ? strerror(errno) : "an earlier write failed";
}

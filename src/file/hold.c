/* Files and threads: a program that is stopped removes what unfinished files leave,
   while its main thread may be about to make another one. */
#include <hypoco/file.h>
#include <pthread.h>

static pthread_mutex_t held;
static pthread_once_t  once = PTHREAD_ONCE_INIT;

static void Start(void)
{
  pthread_mutexattr_t attributes;

  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&held, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

/*@
  HypFileHold - From here on no other thread of this process makes a file

  Not collective

  Level: advanced

  Notes:
  A thread that ends the process calls this before HypFileReleaseAll(), so that nothing new appears
  between that call and the end; it waits while a file is being made.
  A thread may call it several times, and calls HypFileAllow() as often.
  Nothing that waits for other ranks belongs between the two, unless the program ends there.

.seealso: HypFileAllow(), HypFileReleaseAll()
@*/
void HypFileHold(void)
{
  pthread_once(&once, Start);
  pthread_mutex_lock(&held);
}

/*@
  HypFileAllow - Ends what HypFileHold() began

  Not collective

  Level: advanced

.seealso: HypFileHold()
@*/
void HypFileAllow(void)
{
  pthread_mutex_unlock(&held);
}

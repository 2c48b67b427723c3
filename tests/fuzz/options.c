/* Option files: every command accepts them or refuses them with one sentence;
   what is accepted can be read and explained. */
#include "fuzz.h"
#include "program/options/options.h"
#include "program/program.h"
#include <string.h>

static FILE *nowhere;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc;
  (void)argv;
  nowhere = fopen("/dev/null", "w");
  return nowhere && !HypAllowTypes() ? 0 : 2;
}

static void readAll(const HypOptions *options)
{
  HypOptions *copy = HypOptionsCopy(options);
  char       *message;

  for (size_t i = 0; i < HypOptionsCount(copy); i++) {
    const char *key, *value, *origin;

    HypOptionsEntry(copy, i, &key, &value, &origin);
    fprintf(nowhere, "%s %s %s\n", key, value, origin);
  }
  if (HypOptionsCheck(copy, &message)) abort(); /* HypOptionsParse() has checked it */
  HypOptionsDestroy(&copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const commands[] = {"solve", "sample", "sweep", "verify"};

  FuzzPut("fuzz.yaml", data, size);
  for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
    char *argv[]  = {(char *)"hypoco", (char *)commands[i], (char *)"fuzz.yaml", NULL},
         *message = NULL;
    HypOptions *options;
    const int   code = HypOptionsParse(3, argv, &options, &message);

    if ((code != 0 && code != 2) || (code == 2) != (message != NULL) ||
        (code == 0) != (options != NULL))
      abort();
    if (code == 2 && strpbrk(message, "\n\033")) abort();
    if (!code) readAll(options);
    if (!code) HypOptionsDestroy(&options);
    free(message);
  }
  return 0;
}

/*
   replay [-n COUNT] [-lines] FILE...: a fuzz target without a fuzzer.
   Every file (with -lines every line of it) goes to the target as it is,
   then COUNT mutations of them, the same ones each time.
*/
#include "fuzz.h"
#include <string.h>

enum { LONGEST = 1 << 20 };

typedef struct {
  uint8_t *data;
  size_t   size;
} Seed;

static Seed  *seeds;
static size_t count;

/* xorshift64 */
static uint64_t below(uint64_t limit)
{
  static uint64_t state = 88172645463325252ULL;

  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return limit ? state % limit : 0;
}

static void add(const uint8_t *data, size_t size)
{
  seeds             = realloc(seeds, (count + 1) * sizeof(*seeds));
  seeds[count].data = malloc(size + 1);
  seeds[count].size = size;
  memcpy(seeds[count++].data, data, size);
}

static void load(const char *path, int lines)
{
  static uint8_t data[LONGEST];
  FILE *const    file = fopen(path, "rb");
  const size_t   size = file ? fread(data, 1, sizeof(data), file) : 0;

  if (!file || fclose(file)) {
    perror(path);
    exit(2);
  }
  for (size_t start = 0, end; start < size; start = end + 1) {
    const uint8_t *const stop = lines ? memchr(data + start, '\n', size - start) : NULL;

    end = stop ? (size_t)(stop - data) : size;
    add(data + start, end - start);
  }
}

/* One to four changes: a flipped bit, a piece lost, a piece of another seed,
   a word that has hurt programs before */
static size_t mutate(uint8_t *data, size_t size, size_t room)
{
  static const char *const words[] = {
    "nan",      "inf",  "1e999", "-1e999", "1e-320", "-", "\n\n",
    "#",        "e",    ",,,,",  "((((((", "))))",   "0", "99999999999999999999",
    "\xff\xfe", "- - ", ": ",    "{[",     "&a *a ", "!", "0.0000000000000000000001"};

  for (uint64_t changes = 1 + below(4); changes; changes--) {
    const size_t at    = (size_t)below(size + 1);
    const Seed   other = seeds[below(count)];
    const char  *word  = words[below(sizeof(words) / sizeof(words[0]))];
    size_t       from = 0, piece = 0;

    switch (below(5)) {
    case 0:
      if (at < size) data[at] ^= (uint8_t)(1 << below(8));
      break;
    case 1:
      piece = (size_t)below(1 + (size - at < 60 ? size - at : 60));
      memmove(data + at, data + at + piece, size - at - piece);
      size -= piece;
      break;
    case 2:
    case 3:
      from  = (size_t)below(other.size + 1);
      piece = (size_t)below(1 + (other.size - from < 200 ? other.size - from : 200));
      if (size + piece > room) break;
      memmove(data + at + piece, data + at, size - at);
      memcpy(data + at, other.data + from, piece);
      size += piece;
      break;
    default:
      piece = strlen(word);
      if (size + piece > room) break;
      memmove(data + at + piece, data + at, size - at);
      memcpy(data + at, word, piece);
      size += piece;
    }
  }
  return size;
}

int main(int argc, char **argv)
{
  static uint8_t data[LONGEST + 4096];
  long           mutations = 0;
  int            lines     = 0;

  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "-n") && i + 1 < argc)
      mutations = atol(argv[++i]);
    else if (!strcmp(argv[i], "-lines"))
      lines = 1;
    else
      load(argv[i], lines);
  }
  if (!count) return 2;
  LLVMFuzzerInitialize(&argc, &argv);
  for (size_t i = 0; i < count; i++) LLVMFuzzerTestOneInput(seeds[i].data, seeds[i].size);
  for (long k = 0; k < mutations; k++) {
    const Seed seed = seeds[below(count)];

    memcpy(data, seed.data, seed.size);
    LLVMFuzzerTestOneInput(data, mutate(data, seed.size, sizeof(data)));
  }
  printf("%zu inputs and %ld mutations of them: no signal\n", count, mutations);
  return 0;
}

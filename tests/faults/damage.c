/* damage FILE FLIPS CUTS: flips single bits of a file and cuts it short,
   and counts how often the check lets it pass. */
#include <hypoco/file.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long long seed = 88172645463325252ULL;

static unsigned long long next(unsigned long long below)
{
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % below;
}

static int passes(const char *path)
{
  PetscBool      digest;
  PetscErrorCode error;

  return !HypFileProblem(path, &digest, &error) && digest;
}

static void put(const char *path, const char *data, size_t size)
{
  const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd)) abort();
}

int main(int argc, char **argv)
{
  struct stat status;
  char       *data;
  int         fd, flipped = 0, cut = 0;
  const int   flips = argc == 4 ? atoi(argv[2]) : 0, cuts = argc == 4 ? atoi(argv[3]) : 0;
  size_t      size;

  if (argc != 4 || (fd = open(argv[1], O_RDONLY)) < 0 || fstat(fd, &status)) return 2;
  size = (size_t)status.st_size;
  data = malloc(size);
  if (!data || read(fd, data, size) != (ssize_t)size || !passes(argv[1])) return 2;
  for (int k = 0; k < flips; k++) {
    const size_t at  = next(size);
    const char   bit = (char)(1 << next(8));

    data[at] ^= bit;
    put("damaged", data, size);
    flipped += passes("damaged");
    data[at] ^= bit;
  }
  for (int k = 0; k < cuts; k++) {
    put("damaged", data, next(size));
    cut += passes("damaged");
  }
  printf("%d flipped bits: %d accepted; %d truncations: %d accepted\n", flips, flipped, cuts, cut);
  free(data);
  return flipped || cut;
}

/* hypoco, the program. */
#include <hypoco/main.h>

int main(int argc, char **argv)
{
  return HypMain(argc, argv);
}

#pragma once
#include <hypoco/table.h>

/* dataset.c: NULL, or a sentence to be freed */
char *HypTableReadDataset(const char *path, HypTable *table);

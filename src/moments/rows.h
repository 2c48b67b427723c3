#pragma once
/* A table of numbers of a struct: one row for each, with its name in the JSON summary and its
   meaning. */
#include <jansson.h>
#include <petscsys.h>
#include <stddef.h>
#include <stdio.h>

typedef struct {
  const char *group, *name;
  size_t      offset;
  const char *meaning;
} ReportRow;

#define ROW(type, group, name, field, meaning)                                                     \
  {                                                                                                \
    group, name, offsetof(type, field), meaning                                                    \
  }

PETSC_INTERN PetscErrorCode ReportRowsPrint(const ReportRow rows[], size_t n, const void *report,
                                            FILE *stream);
PETSC_INTERN void ReportRowsJSON(const ReportRow rows[], size_t n, const void *report, json_t *);

/* What is to be in a result file: attributes, dimensions, variables,
   and the values that wait for the next publication. */
#include "file/fileimpl.h"
#include <string.h>

/* Adds an element, zeroed, to a list; lists are short */
#define EXTEND(list, n, added)                                                                     \
  do {                                                                                             \
    void *const grown = realloc(list, sizeof(*(list)) * (size_t)((n) + 1));                        \
    PetscCheck(grown, PETSC_COMM_SELF, PETSC_ERR_MEM,                                              \
               "out of memory while a result file was described");                                 \
    (list)  = grown;                                                                               \
    (added) = memset((list) + (n)++, 0, sizeof(*(list)));                                          \
  } while (0)

static FileVariable *FindVariable(HypFile file, const char name[])
{
  for (int i = 0; i < file->nvariables; i++) {
    if (!strcmp(file->variables[i].name, name)) return &file->variables[i];
  }
  return NULL;
}

static int FindDimension(HypFile file, const char name[], size_t length)
{
  for (int i = 0; i < file->ndimensions; i++) {
    if (strlen(file->dimensions[i].name) == length &&
        !strncmp(file->dimensions[i].name, name, length))
      return i;
  }
  return -1;
}

static PetscErrorCode AttributeAdd(HypFile file, const char variable[], const char name[],
                                   FileAttribute **attribute)
{
  PetscFunctionBeginUser;
  EXTEND(file->attributes, file->nattributes, *attribute);
  PetscCall(PetscStrallocpy(variable, &(*attribute)->variable));
  PetscCall(PetscStrallocpy(name, &(*attribute)->name));
  PetscFunctionReturn(0);
}

/*@C
  HypFileAttributeText - Sets a text attribute

  Collective

  Input Parameters:
+ file     - the file
. variable - the variable, or "." for the file itself
. name     - the attribute; an earlier value is replaced
- text     - its value

  Level: intermediate
@*/
PetscErrorCode HypFileAttributeText(HypFile file, const char variable[], const char name[],
                                    const char text[])
{
  FileAttribute *attribute;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(AttributeAdd(file, variable, name, &attribute));
  PetscCall(PetscStrallocpy(text, &attribute->text));
  PetscFunctionReturn(0);
}

/*@C
  HypFileAttributeReals - Sets an attribute of one or more numbers

  Collective

  Input Parameters:
+ file     - the file
. variable - the variable, or "." for the file itself
. name     - the attribute; an earlier value is replaced
. n        - how many
- values   - the numbers

  Level: intermediate
@*/
PetscErrorCode HypFileAttributeReals(HypFile file, const char variable[], const char name[],
                                     PetscInt n, const PetscReal values[])
{
  FileAttribute *attribute;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(AttributeAdd(file, variable, name, &attribute));
  PetscCall(PetscMalloc1(n, &attribute->values));
  PetscCall(PetscArraycpy(attribute->values, values, n));
  attribute->n = n;
  PetscFunctionReturn(0);
}

/*@C
  HypFileAttributeReal - Sets an attribute of the file that is one number

  Collective

  Input Parameters:
+ file  - the file
. name  - the attribute; an earlier value is replaced
- value - the number

  Level: intermediate

.seealso: HypFileAttributeReals(), HypFileAttributeText()
@*/
PetscErrorCode HypFileAttributeReal(HypFile file, const char name[], PetscReal value)
{
  PetscFunctionBeginUser;
  PetscCall(HypFileAttributeReals(file, ".", name, 1, &value));
  PetscFunctionReturn(0);
}

/* Adds a dimension to the list */
static PetscErrorCode AddDimension(HypFile file, const char name[], PetscInt size,
                                   PetscBool coordinates)
{
  FileDimension *dimension;

  PetscFunctionBeginUser;
  PetscCheck(FindDimension(file, name, strlen(name)) < 0, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "dimension %s declared twice", name);
  EXTEND(file->dimensions, file->ndimensions, dimension);
  PetscCall(PetscStrallocpy(name, &dimension->name));
  dimension->size        = size;
  dimension->coordinates = coordinates;
  PetscFunctionReturn(0);
}

/* "snapshot pair v x" -> positions in the list of dimensions */
static PetscErrorCode ParseDimensions(HypFile file, const HypVariable *row, FileVariable *variable)
{
  PetscFunctionBeginUser;
  variable->record = 1;
  for (const char *word = row->dimensions; *word; word += strspn(word, " ")) {
    const size_t length = strcspn(word, " ");
    const int    k      = FindDimension(file, word, length);

    PetscCheck(k >= 0 && variable->rank < HYP_FILE_RANK, PETSC_COMM_SELF, PETSC_ERR_PLIB,
               "variable %s: unknown dimension in '%s'", row->name, row->dimensions);
    if (file->dimensions[k].size == HYP_UNLIMITED) {
      PetscCheck(!variable->rank, PETSC_COMM_SELF, PETSC_ERR_PLIB,
                 "variable %s: only the first dimension can grow", row->name);
      variable->grows = PETSC_TRUE;
    } else {
      variable->record *= (size_t)file->dimensions[k].size;
    }
    variable->dimension[variable->rank++] = k;
    word += length;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode DescribeVariable(const HypVariable *row, FileVariable *variable)
{
  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(row->name, &variable->name));
  PetscCall(PetscStrallocpy(row->unit, &variable->unit));
  PetscCall(PetscStrallocpy(row->meaning, &variable->meaning));
  PetscCall(PetscStrallocpy(row->source, &variable->source));
  PetscFunctionReturn(0);
}

static PetscErrorCode AddVariable(HypFile file, const HypVariable *row, size_t element,
                                  FileVariable **variable)
{
  PetscFunctionBeginUser;
  PetscCheck(!FindVariable(file, row->name), PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "variable %s declared twice", row->name);
  EXTEND(file->variables, file->nvariables, *variable);
  PetscCall(DescribeVariable(row, *variable));
  (*variable)->element = element;
  (*variable)->digest  = XXH3_createState();
  XXH3_128bits_reset((*variable)->digest);
  PetscCall(ParseDimensions(file, row, *variable));
  PetscFunctionReturn(0);
}

/* Hands over one record, or all of a variable that does not grow */
static PetscErrorCode AddRecord(FileVariable *variable, const void *values)
{
  const size_t bytes = variable->record * variable->element;

  PetscFunctionBeginUser;
  PetscCheck(variable->grows || !variable->digest || variable->done + variable->waiting == 0,
             PETSC_COMM_SELF, PETSC_ERR_PLIB, "variable %s written twice", variable->name);
  if (variable->waiting == variable->room) {
    variable->room   = PetscMax(1, 2 * variable->room);
    variable->buffer = realloc(variable->buffer, bytes * (size_t)variable->room);
    PetscCheck(variable->buffer, PETSC_COMM_SELF, PETSC_ERR_MEM,
               "variable %s: out of memory for %d records", variable->name, (int)variable->room);
  }
  memcpy(variable->buffer + bytes * (size_t)variable->waiting++, values, bytes);
  XXH3_128bits_update(variable->digest, values, bytes);
  PetscFunctionReturn(0);
}

/*@C
  HypFileDimension - Adds a dimension and the coordinates along it

  Collective

  Input Parameters:
+ file   - the file
. n      - its size; HYP_UNLIMITED:
  it grows, and its coordinates are written record by record with HypFileWrite()
. values - n coordinates; NULL: 1, 2, ..., n
- row    - name, unit and meaning; its `dimensions` is the name again

  Level: intermediate

.seealso: HypFileVariables()
@*/
PetscErrorCode HypFileDimension(HypFile file, PetscInt n, const PetscReal values[],
                                const HypVariable *row)
{
  FileVariable *variable;
  PetscReal    *numbers = NULL;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(AddDimension(file, row->name, n, PETSC_TRUE));
  PetscCall(AddVariable(file, row, sizeof(PetscReal), &variable));
  if (n == HYP_UNLIMITED) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(n, &numbers));
  for (PetscInt i = 0; i < n; i++) numbers[i] = values ? values[i] : (PetscReal)(i + 1);
  PetscCall(AddRecord(variable, numbers));
  PetscCall(PetscFree(numbers));
  PetscFunctionReturn(0);
}

/*@C
  HypFileVariables - Adds variables of real numbers

  Collective

  Input Parameters:
+ file - the file
. n    - how many
- rows - their names, dimensions, units, meanings and sources

  Level: intermediate

  Note:
  Each must be written before the next publication;
  those that grow, equally often along one dimension.

.seealso: HypFileWrite()
@*/
PetscErrorCode HypFileVariables(HypFile file, PetscInt n, const HypVariable rows[])
{
  FileVariable *variable;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < n; i++)
    PetscCall(AddVariable(file, &rows[i], sizeof(PetscReal), &variable));
  PetscFunctionReturn(0);
}

/*@C
  HypFileWrite - Gives a variable its values, or its next record

  Collective

  Input Parameters:
+ file   - the file
. name   - the variable
- values - all values of a variable of fixed size; one record, if its first dimension grows;
  read on the first rank only

  Level: intermediate

  Note:
  The values are kept in memory until the next publication.

.seealso: HypFilePublish(), HypFilePublishIfDue()
@*/
PetscErrorCode HypFileWrite(HypFile file, const char name[], const PetscReal values[])
{
  FileVariable *variable;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  variable = FindVariable(file, name);
  PetscCheck(variable && !variable->text, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "no variable %s of numbers was declared", name);
  PetscCall(AddRecord(variable, values));
  PetscFunctionReturn(0);
}

/*@C
  HypFileTexts - Adds a variable of texts, with its values

  Collective

  Input Parameters:
+ file  - the file
. row   - one dimension of fixed size
- texts - a text for each index

  Level: intermediate
@*/
PetscErrorCode HypFileTexts(HypFile file, const HypVariable *row, const char *const texts[])
{
  FileVariable *variable;
  size_t        longest = 1;
  char         *cells;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(AddVariable(file, row, 1, &variable));
  for (size_t i = 0; i < variable->record; i++) longest = PetscMax(longest, strlen(texts[i]) + 1);
  variable->element = longest;
  variable->text    = PETSC_TRUE;
  PetscCall(PetscCalloc1(longest * variable->record, &cells));
  for (size_t i = 0; i < variable->record; i++)
    memcpy(cells + i * longest, texts[i], strlen(texts[i]));
  PetscCall(AddRecord(variable, cells));
  PetscCall(PetscFree(cells));
  PetscFunctionReturn(0);
}

/*@C
  HypFileVec - Adds a distributed vector; all ranks write it together at the next publication

  Collective

  Input Parameters:
+ file - the file
. row  - as many dimensions as the vector's layout has (see Notes);
  they are added where they do not exist yet
- vec  - the vector, which must stay unchanged until the next publication

  Level: intermediate

  Notes:
  The layout in the file does not depend on the number of ranks:
  natural order of the DMDA, slowest index first, degrees of freedom last;
  for a vector without DMDA, one dimension.
  So a d-dimensional DMDA needs d + 1 names in row->dimensions.

.seealso: HypFileReadVec()
@*/
PetscErrorCode HypFileVec(HypFile file, const HypVariable *row, Vec vec)
{
  FileVariable *variable;
  hsize_t       size[HYP_FILE_RANK], start[HYP_FILE_RANK], count[HYP_FILE_RANK];
  int           rank, k = 0;

  PetscFunctionBeginUser;
  PetscCall(HypVecShape(vec, &rank, size, start, count));
  for (const char *word = row->dimensions; *word; word += strspn(word, " "), k++) {
    const size_t length = strcspn(word, " ");
    char         name[64];

    PetscCall(PetscStrncpy(name, word, PetscMin(sizeof(name), length + 1)));
    if (k < rank && FindDimension(file, name, length) < 0)
      PetscCall(AddDimension(file, name, (PetscInt)size[k], PETSC_FALSE));
    word += length;
  }
  PetscCheck(k == rank, file->comm, PETSC_ERR_PLIB,
             "variable %s: %d dimensions named in '%s', the vector has %d", row->name, k,
             row->dimensions, rank);
  EXTEND(file->vectors, file->nvectors, variable);
  PetscCall(DescribeVariable(row, variable));
  PetscCall(ParseDimensions(file, row, variable));
  PetscCall(PetscObjectReference((PetscObject)vec));
  variable->element = sizeof(PetscScalar);
  variable->vector  = vec;
  PetscFunctionReturn(0);
}

/*
   A program that uses an installed hypoco with an axis type and a perturbation of its own, and checks what they promise:
   the identities of the algebra for random functions, and eigenvalues.  own-axis solve FILE.yaml [-key value ...]
*/
#include "fd4.h"
#include <hypoco/spectrum.h>
#include <slepcsys.h>
#include <stdlib.h>

#define TOLERANCE 1e-12

typedef struct {
  HypModel   model;
  HypSpace   space;
  HypKinetic K;
} Problem;

/* eps = amplitude sin theta_i */
static PetscErrorCode Perturbation(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  const PetscReal amplitude = *(PetscReal *)ctx;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) eps[i] = amplitude * PetscSinReal(theta[i]);
  PetscFunctionReturn(0);
}

static PetscErrorCode ProblemCreate(const HypOptions *options, PetscReal *amplitude, HypForm form,
                                    Problem *p)
{
  PetscFunctionBeginUser;
  PetscCall(HypModelCreate(PETSC_COMM_WORLD, &p->model));
  PetscCall(HypModelSetFromOptions(p->model, options));
  if (*amplitude != 0) PetscCall(HypModelSetPerturbation(p->model, Perturbation, amplitude, NULL));
  PetscCall(HypSpaceCreateFromOptions(p->model, options, &p->space));
  PetscCall(HypKineticCreate(p->space, form, &p->K));
  PetscFunctionReturn(0);
}

static PetscErrorCode ProblemDestroy(Problem *p)
{
  PetscFunctionBeginUser;
  PetscCall(HypKineticDestroy(&p->K));
  PetscCall(HypSpaceDestroy(&p->space));
  PetscCall(HypModelDestroy(&p->model));
  PetscFunctionReturn(0);
}

/* |value| <= TOLERANCE scale, or an error */
static PetscErrorCode Small(const char what[], PetscReal value, PetscReal scale)
{
  PetscFunctionBeginUser;
  PetscCall(
    PetscPrintf(PETSC_COMM_WORLD, "  %-40s %9.1e\n", what, (double)(PetscAbsReal(value) / scale)));
  PetscCheck(PetscAbsReal(value) <= TOLERANCE * scale, PETSC_COMM_WORLD, PETSC_ERR_PLIB,
             "%s: off by %g of %g", what, (double)value, (double)scale);
  PetscFunctionReturn(0);
}

/* |u| |v|, and <Au, v> + sign <u, Av> for the term A */
static PetscErrorCode Pairing(const Problem *p, HypTerms term, PetscReal sign, const Vec u[2],
                              Vec Au[2], PetscReal *sum, PetscReal *scale)
{
  PetscReal left, right, size[2], image[2];

  PetscFunctionBeginUser;
  for (int k = 0; k < 2; k++) {
    PetscCall(HypKineticApply(p->K, term, PETSC_FALSE, u[k], Au[k]));
    PetscCall(VecNorm(u[k], NORM_2, &size[k]));
    PetscCall(VecNorm(Au[k], NORM_2, &image[k]));
  }
  PetscCall(VecDot(Au[0], u[1], &left));
  PetscCall(VecDot(u[0], Au[1], &right));
  *sum   = left + sign * right;
  *scale = image[0] * size[1] + image[1] * size[0];
  PetscFunctionReturn(0);
}

/* |A 1| against |A u|/|u|, and the mass <A u, 1> that A makes of u against |A u| */
static PetscErrorCode One(const Problem *p, HypTerms term, const char what[], Vec u, Vec Au)
{
  PetscReal one, size, image, mass;

  PetscFunctionBeginUser;
  PetscCall(HypKineticApply(p->K, term, PETSC_FALSE, HypSpaceGetOne(p->space), Au));
  PetscCall(VecNorm(Au, NORM_2, &one));
  PetscCall(HypKineticApply(p->K, term, PETSC_FALSE, u, Au));
  PetscCall(VecDot(Au, HypSpaceGetOne(p->space), &mass));
  PetscCall(VecNorm(Au, NORM_2, &image));
  PetscCall(VecNorm(u, NORM_2, &size));
  if (term == HYP_GENERATOR)
    PetscCheck(one > 1e-3, PETSC_COMM_WORLD, PETSC_ERR_PLIB,
               "the perturbation does nothing: |R 1| = %g", (double)one);
  else
    PetscCall(Small(what, one, image / size));
  PetscCall(Small("mass made by it", mass, image));
  PetscFunctionReturn(0);
}

static PetscErrorCode Derivatives(const Problem *p, const Vec u[2], Vec Au[2])
{
  PetscReal left, right, size, image, one;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * p->model->d; c++) {
    PetscCall(MatMult(HypKineticDerivative(p->K, c), u[0], Au[0]));
    PetscCall(MatMultTranspose(HypKineticDerivative(p->K, c), u[1], Au[1]));
    PetscCall(VecDot(Au[0], u[1], &left));
    PetscCall(VecDot(u[0], Au[1], &right));
    PetscCall(VecNorm(Au[0], NORM_2, &image));
    PetscCall(VecNorm(u[1], NORM_2, &size));
    PetscCall(Small("<a u, v> - <u, a* v>", left - right, image * size));
    PetscCall(MatMult(HypKineticDerivative(p->K, c), HypSpaceGetOne(p->space), Au[1]));
    PetscCall(VecNorm(Au[1], NORM_2, &one));
    PetscCall(VecNorm(u[0], NORM_2, &size));
    PetscCall(Small("a 1", one, image / size));
  }
  PetscFunctionReturn(0);
}

/* Proposition 4.1, the mass for eps != 0, and a* against a */
static PetscErrorCode Identities(const HypOptions *options, PetscReal *amplitude)
{
  Problem        p;
  Vec            u[2], Au[2];
  HypLyapunov    only_v = {.C = 1, .Chat = 0};
  HypFunctionals f;
  PetscRandom    random;
  PetscReal      sum, scale, declared;

  PetscFunctionBeginUser;
  PetscCall(ProblemCreate(options, amplitude, HYP_MATRIX_FREE, &p));
  PetscCall(PetscRandomCreate(PETSC_COMM_WORLD, &random));
  PetscCall(PetscRandomSetInterval(random, -1, 1));
  for (int k = 0; k < 2; k++) {
    PetscCall(HypSpaceCreateVec(p.space, &u[k]));
    PetscCall(HypSpaceCreateVec(p.space, &Au[k]));
    PetscCall(VecSetRandom(u[k], random));
  }
  PetscCall(PetscRandomDestroy(&random));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "identities, %s space of %" PetscInt_FMT " unknowns\n",
                        HypSpaceGetType(p.space), HypSpaceGetSize(p.space)));
  PetscCall(Derivatives(&p, u, Au));

  PetscCall(Pairing(&p, HYP_TRANSPORT, 1, u, Au, &sum, &scale));
  PetscCall(HypKineticDissipation(p.K, u[0], Au[0])); /* -T carries -w0 D, the declared departure */
  PetscCall(VecDot(Au[0], u[1], &declared));
  sum += 2 * declared;
  PetscCall(Small("<T u, v> + <u, T v>", sum, scale));
  PetscCall(One(&p, HYP_TRANSPORT, "T 1", u[0], Au[0]));

  PetscCall(Pairing(&p, HYP_FOKKER_PLANCK, -1, u, Au, &sum, &scale));
  PetscCall(Small("<L u, v> - <u, L v>", sum, scale));
  PetscCall(One(&p, HYP_FOKKER_PLANCK, "L 1", u[0], Au[0]));
  PetscCall(HypFunctionalsCompute(p.K, &only_v, u[0], &f));
  PetscCall(VecDot(Au[0], u[0], &sum));
  PetscCall(Small("<L u, u> + (gamma/beta)|grad_v u|^2",
                  sum + p.model->gamma / p.model->beta * f.grad_v2, PetscAbsReal(sum)));

  PetscCall(One(&p, HYP_GENERATOR, "", u[0], Au[0]));
  for (int k = 0; k < 2; k++) {
    PetscCall(VecDestroy(&u[k]));
    PetscCall(VecDestroy(&Au[k]));
  }
  PetscCall(ProblemDestroy(&p));
  PetscFunctionReturn(0);
}

/* Distance of the computed leading eigenvalue, upper half-plane, to the one known, with n points on both axes */
static PetscErrorCode Distance(HypOptions *options, const char n[], PetscReal *amplitude,
                               PetscReal real, PetscReal imag, PetscReal *distance)
{
  Problem     p;
  HypSpectrum s;
  char       *message;

  PetscFunctionBeginUser;
  PetscCheck(!HypOptionsSet(options, "axis_x_n", n, &message) &&
               !HypOptionsSet(options, "axis_v_n", n, &message),
             PETSC_COMM_WORLD, PETSC_ERR_ARG_OUTOFRANGE, "%s", message);
  PetscCall(ProblemCreate(options, amplitude, HYP_ASSEMBLED, &p));
  PetscCall(HypSpectrumCompute(p.K, 3, &s));
  *distance = hypot(s.real[1] - real, PetscAbsReal(s.imag[1]) - imag);
  PetscCall(HypSpectrumDestroy(&s));
  PetscCall(ProblemDestroy(&p));
  PetscFunctionReturn(0);
}

/* Twice the points, a sixteenth of the error or less: without eps the dissipation, of fifth order, is most of it */
static PetscErrorCode Order(HypOptions *options, PetscReal amplitude, PetscReal real,
                            PetscReal imag)
{
  PetscReal coarse, fine, order;

  PetscFunctionBeginUser;
  PetscCall(Distance(options, "32", &amplitude, real, imag, &coarse));
  PetscCall(Distance(options, "64", &amplitude, real, imag, &fine));
  order = PetscLog2Real(coarse / fine);
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "eps = %g sin theta, eigenvalue %g +- %g i: error %.2e with 32 points, "
                        "%.2e with 64, order %.2f\n",
                        (double)amplitude, (double)real, (double)imag, (double)coarse, (double)fine,
                        (double)order));
  PetscCheck(order > 3.9, PETSC_COMM_WORLD, PETSC_ERR_PLIB, "order %g, at least 4 expected",
             (double)order);
  PetscFunctionReturn(0);
}

int main(int argc, char **argv)
{
  HypOptions *options;
  char       *message;
  PetscReal   amplitude = 0.5;

  PetscCall(SlepcInitialize(&argc, &argv, NULL, NULL));
  PetscCall(HypAxisRegister(AXISFD4, AxisCreate_FD4));
  if (HypOptionsParse(argc, argv, &options, &message)) {
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%s\n", message));
    free(message);
    PetscCall(SlepcFinalize());
    return 2;
  }
  PetscCall(Identities(options, &amplitude));
  if (!strcmp(HypOptionsText(options, "axis_v_type"), AXISFD4)) {
    PetscCall(
      Order(options, 0.0, -0.5, PetscSqrtReal(0.75))); /* (-gamma +- sqrt(gamma^2 - 4 w0^2))/2 */
    PetscCall(
      Order(options, amplitude, -0.50514925, 0.97083001)); /* to 8 digits, by two spectral spaces */
  }
  HypOptionsDestroy(&options);
  PetscCall(SlepcFinalize());
  return 0;
}

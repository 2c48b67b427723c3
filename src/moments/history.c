/*
   Exact first and second moments of a linear algorithm with any law of the staleness and
   with momentum, on one curvature:

     w' = mu w - e x_{j-tau} + noise,   x' = x + w',

   the state being z = (x_j, ..., x_{j-L}, w) for a bounded law, (x_j, w, m_j) for a geometric one,
   m the expected read.
   The read R is drawn given the past,
   so that with r = E R z and q = E R^2 the second moments S = E z z^T close:

     E w' z = mu S_w - e r,   E w'^2 = mu^2 S_ww - 2 mu e r_w + e^2 q + noise,
     E x' z = S_x + E w' z,
     E x' w' = E x w' + E w'^2,   E x'^2 = S_xx + 2 E x w' + E w'^2

   r = sum_l P(l) S_l and q = sum_l P(l) S_ll for a table of probabilities;
   r = S_m and q' = k q + (1 - k) E x'^2 for a geometric law, whose m' = k m + (1 - k) x'.
*/
#include <hypoco/moments.h>

struct _p_HypHistory {
  HypDelayLaw law;
  PetscReal   mu;
  PetscInt    n;    /* of z: history, then w, then m */
  PetscInt    kept; /* states in the history */
  PetscInt    now;  /* slot of x_j; x_{j-l} stands l slots before, cyclically */
  PetscReal  *mean, *S, q;
  PetscReal  *r, *wz; /* work */
};

/*@
  HypHistoryCreate - The moments at step 0, where every past value equals x0

  Not collective

  Input Parameters:
+ law - of the staleness; its table must outlive the history
. mu  - momentum
- x0  - the start

  Output Parameter:
. history - free with HypHistoryDestroy()

  Level: intermediate

.seealso: HypHistoryStep(), HypHistoryMoments()
@*/
PetscErrorCode HypHistoryCreate(const HypDelayLaw *law, PetscReal mu, PetscReal x0,
                                HypHistory *history)
{
  HypHistory h;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&h));
  h->law  = *law;
  h->mu   = mu;
  h->kept = law->probability ? law->bound + 1 : 1;
  h->n    = h->kept + 1 + (law->probability ? 0 : 1);
  h->q    = x0 * x0;
  PetscCall(PetscCalloc4(h->n, &h->mean, h->n * h->n, &h->S, h->n, &h->r, h->n, &h->wz));
  for (PetscInt i = 0; i < h->n; i++) h->mean[i] = i == h->kept ? 0 : x0;
  for (PetscInt i = 0; i < h->n; i++)
    for (PetscInt j = 0; j < h->n; j++) h->S[i * h->n + j] = h->mean[i] * h->mean[j];
  *history = h;
  PetscFunctionReturn(0);
}

static PetscInt Slot(const HypHistory h, PetscInt l)
{
  return (h->now - l % h->kept + h->kept) % h->kept;
}

/* r, E R and E R^2; `fixed`: a staleness that is known, -1: drawn */
static PetscReal Read(HypHistory h, PetscInt fixed, PetscReal *mean)
{
  const PetscInt n      = h->n;
  PetscReal      square = 0;

  *mean = 0;
  if (fixed < 0 && !h->law.probability) {
    for (PetscInt k = 0; k < n; k++) h->r[k] = h->S[(n - 1) * n + k];
    *mean = h->mean[n - 1];
    return h->q;
  }
  for (PetscInt k = 0; k < n; k++) h->r[k] = 0;
  for (PetscInt l = PetscMax(fixed, 0); l <= (fixed < 0 ? h->law.bound : fixed); l++) {
    const PetscReal p    = fixed < 0 ? h->law.probability[l] : 1;
    const PetscInt  slot = Slot(h, l);

    if (p == 0) continue;
    for (PetscInt k = 0; k < n; k++) h->r[k] += p * h->S[slot * n + k];
    *mean += p * h->mean[slot];
    square += p * h->S[slot * n + slot];
  }
  return square;
}

static void Set(HypHistory h, PetscInt i, PetscInt j, PetscReal value)
{
  h->S[i * h->n + j] = h->S[j * h->n + i] = value;
}

/*@
  HypHistoryStep - One step of the algorithm

  Not collective

  Input Parameters:
+ history - the moments at step j
. e       - learning rate of the step times the curvature
. noise   - variance of what the step adds: eta^2 s2/batch
- fixed   - the staleness of this step where it is not drawn, at most the law's bound; -1: drawn

  Level: intermediate

.seealso: HypHistoryCreate()
@*/
void HypHistoryStep(HypHistory history, PetscReal e, PetscReal noise, PetscInt fixed)
{
  HypHistory      h = history;
  const PetscInt  n = h->n, w = h->kept, old = h->now, next = (h->now + 1) % h->kept;
  PetscReal       read, q = Read(h, fixed, &read), ww, xw, xx, mean;
  const PetscReal mu = h->mu, kappa = h->law.kappa;

  for (PetscInt k = 0; k < n; k++) h->wz[k] = mu * h->S[w * n + k] - e * h->r[k];
  ww   = mu * mu * h->S[w * n + w] - 2 * mu * e * h->r[w] + e * e * q + noise;
  xw   = h->wz[old] + ww;
  xx   = h->S[old * n + old] + 2 * h->wz[old] + ww;
  mean = mu * h->mean[w] - e * read;
  for (PetscInt k = 0; k < n; k++) h->r[k] = h->S[old * n + k] + h->wz[k]; /* E x' z */
  h->mean[next] = h->mean[old] + mean;
  h->mean[w]    = mean;
  for (PetscInt k = 0; k < n; k++) {
    if (k != next) Set(h, next, k, h->r[k]);
    if (k != w) Set(h, w, k, h->wz[k]);
  }
  Set(h, next, next, xx);
  Set(h, w, w, ww);
  Set(h, next, w, xw);
  h->now = next;
  if (h->law.probability) return;
  {
    const PetscInt  m  = n - 1;
    const PetscReal mx = h->r[m], mw = h->wz[m], mm = h->S[m * n + m];

    Set(h, m, next, kappa * mx + (1 - kappa) * xx);
    Set(h, m, w, kappa * mw + (1 - kappa) * xw);
    Set(h, m, m,
        kappa * kappa * mm + 2 * kappa * (1 - kappa) * mx + (1 - kappa) * (1 - kappa) * xx);
    h->mean[m] = kappa * h->mean[m] + (1 - kappa) * h->mean[next];
    h->q       = kappa * h->q + (1 - kappa) * xx;
  }
}

/*@
  HypHistoryMoments - E x and E x^2 at the present step

  Not collective

  Input Parameter:
. history - the moments

  Output Parameters:
+ x  - E x
- xx - E x^2

  Level: intermediate

.seealso: HypHistoryStep()
@*/
void HypHistoryMoments(HypHistory history, PetscReal *x, PetscReal *xx)
{
  *x  = history->mean[history->now];
  *xx = history->S[history->now * history->n + history->now];
}

/*@
  HypHistoryDestroy - Frees a history

  Not collective

  Input Parameter:
. history - set to NULL

  Level: intermediate
@*/
PetscErrorCode HypHistoryDestroy(HypHistory *history)
{
  PetscFunctionBeginUser;
  if (!*history) PetscFunctionReturn(0);
  PetscCall(PetscFree4((*history)->mean, (*history)->S, (*history)->r, (*history)->wz));
  PetscCall(PetscFree(*history));
  PetscFunctionReturn(0);
}

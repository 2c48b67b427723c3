#pragma once
/*
   Closed forms for Gaussian data and eps = 0, d = 1, in scaled coordinates where M = N(0, I):

     m(t) = e^{At} m,  S(t) = I + e^{At} (S - I) e^{A^T t},  A = [0 w0; -w0 -gamma]
     ||h||^2 + 1 = |S|^{-1/2} |2I - S|^{-1/2} exp(m^T (2I - S)^{-1} m)

   and the gradients from <q_i q_j u^2>:
   for u = N(m,S)/N(0,I), u^2 M is a Gaussian N(mu, Sigma) of mass ||u||^2
   with Sigma = (2 S^{-1} - I)^{-1}, mu = 2 Sigma S^{-1} m, and grad u = u (z - S^{-1}(z - m)).
*/
#include <math.h>

typedef struct {
  double m[2], S[2][2];
} Gaussian2;

/* e^{At} by its closed form with s = sin(wt)/w, c = cos(wt), entire in w^2 */
static inline void ExactFlow(double w0, double gamma, double t, double E[2][2])
{
  const double w2 = w0 * w0 - gamma * gamma / 4, w = sqrt(fabs(w2)), decay = exp(-gamma * t / 2);
  double       c, s;

  if (w * t < 1e-6) {
    c = 1 - w2 * t * t / 2;
    s = t * (1 - w2 * t * t / 6);
  } else {
    c = w2 > 0 ? cos(w * t) : cosh(w * t);
    s = (w2 > 0 ? sin(w * t) : sinh(w * t)) / w;
  }
  E[0][0] = decay * (c + gamma / 2 * s);
  E[0][1] = decay * w0 * s;
  E[1][0] = -decay * w0 * s;
  E[1][1] = decay * (c - gamma / 2 * s);
}

static inline Gaussian2 ExactGaussian(double w0, double gamma, double t, Gaussian2 g)
{
  double    E[2][2], D[2][2] = {{g.S[0][0] - 1, g.S[0][1]}, {g.S[1][0], g.S[1][1] - 1}};
  Gaussian2 r;

  ExactFlow(w0, gamma, t, E);
  for (int i = 0; i < 2; i++) {
    r.m[i] = E[i][0] * g.m[0] + E[i][1] * g.m[1];
    for (int j = 0; j < 2; j++) {
      r.S[i][j] = i == j;
      for (int k = 0; k < 2; k++) {
        for (int l = 0; l < 2; l++) r.S[i][j] += E[i][k] * D[k][l] * E[j][l];
      }
    }
  }
  return r;
}

static inline double Det(double A[2][2])
{
  return A[0][0] * A[1][1] - A[0][1] * A[1][0];
}

static inline void Inverse(double A[2][2], double B[2][2])
{
  const double d = Det(A);

  B[0][0] = A[1][1] / d;
  B[1][1] = A[0][0] / d;
  B[0][1] = -A[0][1] / d;
  B[1][0] = -A[1][0] / d;
}

/* ||h||^2 = ||u - 1||^2 = ||u||^2 - 1 */
static inline double ExactNorm2(Gaussian2 g)
{
  double T[2][2] = {{2 - g.S[0][0], -g.S[0][1]}, {-g.S[1][0], 2 - g.S[1][1]}}, R[2][2];

  Inverse(T, R);
  return exp(g.m[0] * (R[0][0] * g.m[0] + R[0][1] * g.m[1]) +
             g.m[1] * (R[1][0] * g.m[0] + R[1][1] * g.m[1])) /
           sqrt(Det(g.S) * Det(T)) -
         1;
}

/* G[i][j] = <d_i u, d_j u> in scaled coordinates */
static inline void ExactGradients(Gaussian2 g, double G[2][2])
{
  double P[2][2], Q[2][2], Sigma[2][2], mu[2], B[2][2], b[2], mass = ExactNorm2(g) + 1;

  Inverse(g.S, P);
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 2; j++) {
      Q[i][j] = 2 * P[i][j] - (i == j);
      B[i][j] = (i == j) - P[i][j]; /* grad u = u (B z + b) */
    }
    b[i] = P[i][0] * g.m[0] + P[i][1] * g.m[1];
  }
  Inverse(Q, Sigma);
  for (int i = 0; i < 2; i++) mu[i] = 2 * (Sigma[i][0] * b[0] + Sigma[i][1] * b[1]);
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 2; j++) {
      double mi = b[i], mj = b[j], cov = 0;

      for (int k = 0; k < 2; k++) {
        mi += B[i][k] * mu[k];
        mj += B[j][k] * mu[k];
        for (int l = 0; l < 2; l++) cov += B[i][k] * Sigma[k][l] * B[j][l];
      }
      G[i][j] = mass * (cov + mi * mj);
    }
  }
}

static inline double ExactDensity(Gaussian2 g, double X, double V)
{
  double       P[2][2];
  const double a = X - g.m[0], b = V - g.m[1];

  Inverse(g.S, P);
  return exp(-0.5 * (a * (P[0][0] * a + P[0][1] * b) + b * (P[1][0] * a + P[1][1] * b))) /
         (2 * 3.14159265358979323846 * sqrt(Det(g.S)));
}

/** The priors and costs that ASVspoof fixed, the same in 2019, 2021 and 5: of the t-DCF, the DCF and the a-DCF. */

/** Prior of a spoof trial. */
export const P_SPOOF = 0.05;
/** Prior of a target trial of the speaker verification system. */
export const P_TARGET = (1 - P_SPOOF) * 0.99;
/** Prior of a zero-effort impostor. */
export const P_NONTARGET = (1 - P_SPOOF) * 0.01;
/** Cost of a rejected bona fide or target trial. */
export const COST_MISS = 1;
/** Cost of an accepted impostor or spoof trial. */
export const COST_FALSE_ACCEPT = 10;

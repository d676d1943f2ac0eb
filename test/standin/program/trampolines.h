/* Whether the places that are meant to be hooked can be: each is called as it stands, and again by
 * a copy of the instructions that a jump of five bytes would displace. */
#ifndef STANDIN_TRAMPOLINES_H
#define STANDIN_TRAMPOLINES_H

/* Answers how many places there are, how many of their trampolines were passed, and how often they
 * did not do what the places themselves do. Main thread, between frames. */
void report_trampolines(void);

#endif

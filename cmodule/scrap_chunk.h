/* SPDX-License-Identifier: MIT */
/* Lines of a scrap heap and the chunks they are made of. All with the line to oneself: as the owner
 * of its record, or with the lock of the visitors. */
#ifndef POOLNV_SCRAP_CHUNK_H
#define POOLNV_SCRAP_CHUNK_H

#include "pool.h"

#define SCRAP_HEADER    16u /* bytes of a header */
#define SCRAP_BLOCK(at) ((struct ScrapBlock *)POOL_AT(at))

/* A block or NULL; alignment is a power of two from 16 up. */
void *scrap_line_take(struct ScrapLine *line, uint32_t place, size_t size, size_t alignment);

/* Goes back over the freed blocks at the end of the line. */
void scrap_line_rewind(struct ScrapLine *line);

/* Gives all chunks back, and leaves the line without one. */
void scrap_line_drop(struct ScrapLine *line);

/* Whether that offset of a chunk with that code has the header of a block, live or freed. */
int scrap_is_block(uint32_t at, uint32_t code);

#endif

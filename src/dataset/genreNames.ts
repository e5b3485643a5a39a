/** @module The names that sources use -> one genre: IMDb's name, and what others call the same. */

/**
 * IMDb's genres, TMDB's of films and series, MovieLens's; each with its other names. Case, spaces, hyphens and dots
 * need no entry: `SciFi`, `sci fi` and `Sci-Fi.` are the same name. Genres that only overlap stay two: Music and
 * Musical, Family and Children, Action and `Action & Adventure`.
 */
export const wellKnownGenres: Readonly<Record<string, readonly string[]>> = {
  Action: [],
  Adult: [],
  Adventure: [],
  Animation: ['Animated'],
  Biography: ['Biographical', 'Biopic'],
  Children: ["Children's", 'Kids'],
  Comedy: ['Comedies'],
  Crime: [],
  Documentary: ['Documentaries'],
  Drama: ['Dramas'],
  Family: [],
  Fantasy: [],
  'Film-Noir': ['Noir'],
  'Game-Show': [],
  History: ['Historical'],
  Horror: [],
  Music: [],
  Musical: ['Musicals'],
  Mystery: ['Mysteries'],
  News: [],
  'Reality-TV': ['Reality'],
  Romance: ['Romantic'],
  'Sci-Fi': ['Science Fiction'],
  Short: ['Shorts', 'Short Film'],
  Soap: ['Soap Opera'],
  Sport: ['Sports'],
  'Talk-Show': ['Talk'],
  Thriller: ['Thrillers'],
  'TV Movie': ['Television Movie'],
  War: [],
  Western: ['Westerns'],
  'Action & Adventure': [],
  'Sci-Fi & Fantasy': ['Science Fiction & Fantasy'],
  'War & Politics': [],
};

/** @module Checks the spellings of genre lists that are read, and those that are refused. */
import { describe, expect, test } from 'vitest';
import { isMissingWord, parseGenres } from '../../src/dataset/genres.ts';
import { parseLiteral } from '../../src/dataset/literal.ts';

describe('parseGenres', () => {
  test.each([
    ["['Comedy', 'Drama']", ['Comedy', 'Drama']],
    ['["Comedy", "Drama"]', ['Comedy', 'Drama']],
    [`["Children's", 'Sci-Fi']`, ["Children's", 'Sci-Fi']],
    [
      String.raw`['Children\'s', u'Caf\xe9', 'A\u0301', 'tab\there']`,
      ["Children's", 'Café', 'A\u0301', 'tab\there'],
    ],
    ["('Drama',)", ['Drama']],
    ["[{'id': 18, 'name': 'Drama'}, {'id': 35, 'name': 'Comedy'}]", ['Drama', 'Comedy']],
    ['[{"id": 18, "name": "Drama"}]', ['Drama']],
    ['Drama|Comedy', ['Drama', 'Comedy']],
    ['Drama, Comedy', ['Drama', 'Comedy']],
    ['Drama; Comedy ;', ['Drama', 'Comedy']],
    ['Sci-Fi, Fantasy|Drama', ['Sci-Fi, Fantasy', 'Drama']],
    ["Children's", ["Children's"]],
    ['(no genres listed)', ['(no genres listed)']],
    ['Drama|Drama', ['Drama']],
    ['[]', []],
    ['', []],
  ])('reads %s', (cell, genres) => {
    expect(parseGenres(cell)).toEqual(genres);
  });

  test('takes the values of JSON as they are', () => {
    expect(parseGenres(['Drama', 'Comedy'])).toEqual(['Drama', 'Comedy']);
    expect(parseGenres([{ name: 'Drama' }])).toEqual(['Drama']);
    expect(parseGenres(3)).toEqual(['3']);
    expect(parseGenres(null)).toEqual([]);
    expect(parseGenres(undefined)).toEqual([]);
  });

  test.each([
    ["['Comedy', 'Drama'", 'expected , or ] but found its end'],
    ["['Comedy 'Drama']", "expected , or ] but found Drama']"],
    ["['Comedy' 'Drama']", "expected , or ] but found 'Drama']"],
    ["['Comedy", "the quote ' is not closed"],
    ['[Comedy, Drama]', 'expected a quoted text but found Comedy, Drama]'],
    ["['Comedy']; import os", 'expected nothing more but found ; import os'],
    ["['Comedy', __import__('os')]", 'expected a quoted text'],
    [String.raw`['\q']`, '\\q is no escape'],
    ["'Comedy', 'Drama'", "expected a genre but found 'Comedy'"],
    ['Comedy, Drama]', 'expected a genre but found Drama]'],
    ["[['Comedy']]", 'expected a genre'],
    ["[{'id': 18}]", 'expected a genre'],
  ])('refuses %s', (cell, problem) => {
    expect(() => parseGenres(cell)).toThrow(problem);
  });

  test('knows the words for a missing genre, whatever their case', () => {
    expect(['N/A', 'nan', 'None', '\\N', '', '(no genres listed)'].every(isMissingWord)).toBe(true);
    expect(['News', 'Noir', 'Animation'].some(isMissingWord)).toBe(false);
  });
});

describe('parseLiteral', () => {
  test('reads the numbers, constants and dictionaries of both languages', () => {
    expect(parseLiteral('[1, -2.5e3, True, false, None, null]')).toEqual([1, -2500, true, false, null, null]);
    expect(parseLiteral("{'a': [1], }")).toEqual(new Map([['a', [1]]]));
    expect(parseLiteral(String.raw`"\ud83d\ude00\/\101"`)).toBe('😀/A');
  });

  test('refuses what is nested without end', () => {
    expect(() => parseLiteral('['.repeat(100_000))).toThrow('nested more than 8 deep');
  });
});

"""Rows of the benchmark's table: medians, ratios, targets.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import statistics

NAMES = ( 'ours', 'builtin', 'floor', 'curl' )


class Target:
    """A number of DESIGN.md: ours against another contestant, or an absolute one."""

    def __init__( self, relation, value, against=None ):
        self.relation = relation
        self.value = value
        self.against = against

    def text( self ):
        return f'{self.relation} {self.value:g}' + ( f' x {self.against}' if self.against else '' )

    def held( self, row ):
        value = row.ratio( self.against ) if self.against else row.median( 'ours' )
        if value is None:
            return None
        return value <= self.value if self.relation == '<=' else value >= self.value


def paired_ratio( values, other ):
    pairs = [a / b for a, b in zip( values.get( 'ours', [] ), values.get( other, [] ) )
             if a is not None and b]
    return statistics.median( pairs ) if pairs else None


class Row:
    """What was measured of one case: a value a round for each contestant."""

    def __init__( self, name, unit, target=None ):
        self.name = name
        self.unit = unit
        self.target = target
        self.values = {}    # contestant -> one value a round, None where it failed
        self.p99 = {}       # contestant -> 99th percentile, one a round, where there is one
        self.cpu = {}       # contestant -> processor microseconds an operation, one a round
        self.troubles = {}  # contestant -> why there is no value

    def add( self, contestant, value ):
        self.values.setdefault( contestant, [] ).append( value )

    def numbers( self, contestant ):
        return [value for value in self.values.get( contestant, [] ) if value is not None]

    def median( self, contestant ):
        numbers = self.numbers( contestant )
        return statistics.median( numbers ) if numbers else None

    def spread( self, contestant ):
        """Half of the distance between the quartiles, as a part of the median."""
        numbers = self.numbers( contestant )
        if len( numbers ) < 2 or not self.median( contestant ):
            return None
        low, _, high = statistics.quantiles( numbers, n=4, method='inclusive' )
        return ( high - low ) / 2 / self.median( contestant )

    def ratio( self, other ):
        """Median over the rounds of ours by the other's: both met the same noise."""
        return paired_ratio( self.values, other )

    def cpu_ratio( self, other ):
        """The same of processor time, which other programs on the machine disturb least."""
        return paired_ratio( self.cpu, other )

    def held( self ):
        return self.target.held( self ) if self.target else None

    def as_dict( self ):
        return {
            'case': self.name, 'unit': self.unit, 'values': self.values, 'p99': self.p99,
            'cpu_us': self.cpu, 'troubles': self.troubles,
            'median': {name: self.median( name ) for name in self.values},
            'spread': {name: self.spread( name ) for name in self.values},
            'ratio': {name: self.ratio( name ) for name in self.values if name != 'ours'},
            'cpu_ratio': {name: self.cpu_ratio( name ) for name in self.cpu if name != 'ours'},
            'target': self.target.text() if self.target else None, 'held': self.held(),
        }


def number( value ):
    if value is None:
        return '-'
    return f'{value:.0f}' if value >= 1000 else f'{value:.3g}' if value < 100 else f'{value:.1f}'


def cell( row, name ):
    text, spread = number( row.median( name ) ), row.spread( name )
    return text if spread is None else f'{text} ±{spread * 100:.0f}%'


COLUMNS = ( 23, 8, 12, 12, 12, 12, 10, 12, 9, 9, 15, 4 )
TITLES = ( 'case', 'unit', *NAMES, 'ours/floor', 'ours/builtin', 'ours/curl', 'cpu/floor',
           'target', 'held' )


def cells( row ):
    held = row.held()
    return ( [row.name, row.unit] + [cell( row, name ) for name in NAMES]
             + [number( row.ratio( name ) ) for name in ( 'floor', 'builtin', 'curl' )]
             + [number( row.cpu_ratio( 'floor' ) ), row.target.text() if row.target else '',
                '' if held is None else 'yes' if held else 'NO'] )


def line( texts ):
    return ' '.join( text.ljust( width ) if i < 2 else text.rjust( width )
                     for i, ( text, width ) in enumerate( zip( texts, COLUMNS ) ) ).rstrip()


# Between these lines a page has the table; they are comments in Markdown.
BEGIN = '<!-- the table, by tests/bench/run --markdown -->'
END = '<!-- end of the table -->'


def put_into_page( page, text ):
    """The page with text in place of what it has between the two lines; None: it has no such."""
    before, begin, rest = page.partition( BEGIN )
    _, end, after = rest.partition( END )
    return f'{before}{begin}\n\n{text}\n\n{end}{after}' if end else None


def markdown( rows ):
    out = ['| ' + ' | '.join( TITLES ) + ' |', '|---|---|' + '--:|' * ( len( TITLES ) - 2 )]
    out += ['| ' + ' | '.join( cells( row ) ) + ' |' for row in rows]
    return '\n'.join( out )

#!/usr/bin/env python3
"""Draws charts of the benchmark's results as SVG.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

    tests/bench/charts.py RESULTS.json FOLDER

RESULTS.json is what tests/bench/run --json wrote; run --charts FOLDER does both. Writes
latency.svg, throughput.svg, rates.svg and sockets.svg, each with those of its cases that were measured.
"""

import json
import os
import sys
from xml.sax.saxutils import escape

NAMES = ( 'ours', 'builtin', 'floor', 'curl' )
LEGEND = {'ours': 'ours', 'builtin': "Wine's own", 'floor': 'plain C (floor)', 'curl': 'libcurl'}

WIDTH, LEFT, RIGHT = 760, 170, 90   # px; LEFT for the labels, RIGHT for the values behind bars
BAR, GAP, HEAD, FOOT = 13, 10, 34, 42

# Plain rules without variables, which not every renderer knows.
STYLE = """
svg { font: 12px sans-serif; }
.title { font-weight: bold; font-size: 14px; } .number { font-size: 11px; }
.back { fill: #ffffff; } text { fill: #1f2328; } line { stroke: #d1d9e0; }
.ours { fill: #0969da; } .builtin { fill: #bc4c00; } .floor { fill: #818b98; }
.curl { fill: #2da44e; }
@media (prefers-color-scheme: dark) {
.back { fill: #0d1117; } text { fill: #e6edf3; } line { stroke: #3d444d; }
.ours { fill: #58a6ff; } .builtin { fill: #f0883e; } .floor { fill: #9198a1; }
.curl { fill: #3fb950; } }
"""

ECHO = 'echo, 64 B'
GET = 'GET, 1 KiB'
CHARTS = {
    'latency': [( 'A message and its echo, a request and its answer: less is better',
                  'microseconds', [
        ( 'echo-ws-64-sync', f'ws {ECHO}, sync' ), ( 'echo-ws-64-async', f'ws {ECHO}, async' ),
        ( 'echo-wss-64-sync', f'wss {ECHO}, sync' ), ( 'echo-wss-64-async', f'wss {ECHO}, async' ),
        ( 'get-http-1k-sync', f'http {GET}, sync' ), ( 'get-https-1k-sync', f'https {GET}, sync' ),
    ] )],
    'throughput': [( 'One-way transfer: more is better', 'MiB/s', [
        ( 'stream-ws-in', 'ws, receiving' ), ( 'stream-ws-out', 'ws, sending' ),
        ( 'stream-wss-in', 'wss, receiving' ), ( 'stream-wss-out', 'wss, sending' ),
        ( 'download-http', 'http download' ), ( 'download-https', 'https download' ),
        ( 'upload-http-write', 'http upload' ), ( 'upload-https-write', 'https upload' ),
    ] )],
    'rates': [( 'Requests a second, 64 at a time: more is better', 'requests a second', [
        ( 'parallel-http-64', 'http GET, 1 KiB' ), ( 'parallel-https-64', 'https GET, 1 KiB' ),
    ] ), ( 'TLS handshakes a second, one after the other: more is better', 'handshakes a second', [
        ( 'handshakes-1.3-full', 'TLS 1.3, full' ),
        ( 'handshakes-1.3-resumed', 'TLS 1.3, resumed' ),
        ( 'handshakes-1.2-full', 'TLS 1.2, full' ),
        ( 'handshakes-1.2-resumed', 'TLS 1.2, resumed' ),
    ] )],
    'sockets': [( f'{what} with a Receive pending on each socket: less is better', unit, [
        ( f'many-ws-100-{key}', '100 ws sockets' ), ( f'many-ws-1000-{key}', '1,000 ws sockets' ),
        ( f'many-ws-10000-{key}', '10,000 ws sockets' ),
        ( f'many-wss-1000-{key}', '1,000 wss sockets' ),
    ] ) for what, unit, key in ( ( 'Threads of the process', 'threads', 'threads' ),
                                 ( 'Memory', 'KiB per socket', 'memory' ) )],
}


def names_of( medians ):
    """libcurl has no place where it does not take part; the others are missed there."""
    return [name for name in NAMES if name != 'curl' or medians.get( name ) is not None]


def number( value ):
    return f'{value:,.0f}' if value >= 100 else f'{value:.3g}'


def step_of( largest ):
    """Distance of the grid's lines: 1, 2 or 5 times a power of ten, for five to ten lines."""
    step = 10 ** len( str( int( largest ) ) )
    for divisor in ( 2, 2.5, 2 ) * 6:
        if largest / step >= 5:
            break
        step /= divisor
    return step


class Drawing:
    """Collects the elements of a picture from top to bottom."""

    def __init__( self ):
        self.parts = []
        self.y = 0

    def text( self, x, y, text, **attributes ):
        more = ''.join( f' {key.rstrip( "_" ).replace( "_", "-" )}="{value}"'
                        for key, value in attributes.items() )
        self.parts.append( f'<text x="{x:.0f}" y="{y:.0f}"{more}>{escape( text )}</text>' )

    def legend( self ):
        for i, name in enumerate( NAMES ):
            x = LEFT + i * 130
            self.parts.append( f'<rect class="{name}" x="{x}" y="10" width="12" height="12"/>' )
            self.text( x + 18, 20, LEGEND[name] )
        self.y = 30

    def axis( self, top, bottom, largest, unit ):
        step = step_of( largest )
        scale = ( WIDTH - LEFT - RIGHT ) / largest
        value = 0
        while value <= largest:
            x = LEFT + value * scale
            self.parts.append( f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>' )
            self.text( x, bottom + 16, number( value ), text_anchor='middle', class_='number' )
            value += step
        self.text( ( LEFT + WIDTH - RIGHT ) / 2, bottom + 32, unit, text_anchor='middle' )

    def bars( self, medians, scale ):
        for name in names_of( medians ):
            value = medians.get( name )
            if value is None:
                self.text( LEFT + 4, self.y + BAR - 3, f'{LEGEND[name]}: not measured',
                           class_='number' )
            else:
                width = max( 1, value * scale )
                self.parts.append( f'<rect class="{name}" x="{LEFT}" y="{self.y}" '
                                   f'width="{width:.1f}" height="{BAR - 2}"/>' )
                self.text( LEFT + width + 5, self.y + BAR - 3, number( value ), class_='number' )
            self.y += BAR

    def panel( self, title, unit, groups ):
        """groups: a label and the medians of one case each."""
        largest = max( medians.get( name ) or 0 for _, medians in groups for name in NAMES ) or 1
        top = self.y + HEAD
        bottom = top + sum( len( names_of( medians ) ) * BAR + GAP for _, medians in groups )
        self.text( 16, self.y + 20, title, class_='title' )
        self.axis( top, bottom, largest, unit )
        self.y = top + GAP / 2
        for label, medians in groups:
            self.text( LEFT - 10, self.y + len( names_of( medians ) ) * BAR / 2 + 4, label, text_anchor='end' )
            self.bars( medians, ( WIDTH - LEFT - RIGHT ) / largest )
            self.y += GAP
        self.y = bottom + FOOT

    def svg( self, label ):
        return '\n'.join( [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y:.0f}" '
            f'width="{WIDTH}" height="{self.y:.0f}" role="img" aria-label="{escape( label )}">',
            f'<style>{STYLE}</style>', '<rect class="back" width="100%" height="100%"/>',
            *self.parts, '</svg>', ''] )


def draw( panels, rows ):
    """The text of a picture, None if nothing of it was measured. A panel: title, unit, cases."""
    drawing = Drawing()
    drawing.legend()
    drawn = []
    for title, unit, cases in panels:
        groups = [( label, rows[case] ) for case, label in cases
                  if any( rows.get( case, {} ).get( name ) is not None for name in NAMES )]
        if groups:
            drawing.panel( title, unit, groups )
            drawn.append( title )
    return drawing.svg( '; '.join( drawn ) ) if drawn else None


def write_charts( medians, folder ):
    """medians: of each case by name, a number or None for each contestant."""
    os.makedirs( folder, exist_ok=True )
    for name, panels in CHARTS.items():
        text = draw( panels, medians )
        if text:
            with open( os.path.join( folder, name + '.svg' ), 'w', encoding='utf-8' ) as out:
                out.write( text )


def main():
    if len( sys.argv ) != 3:
        sys.exit( 'usage: tests/bench/charts.py RESULTS.json FOLDER' )
    with open( sys.argv[1], encoding='utf-8' ) as results:
        rows = json.load( results )['rows']
    write_charts( {row['case']: row['median'] for row in rows}, sys.argv[2] )


if __name__ == '__main__':
    main()

"""Draws a curve of growth.py as SVG: the same rows give the same file."""

import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 340, 60, 24, 56, 48
LINES = [  # field, what it says, colour
    ("wall_us", "wall, µs a job", "#1b6ca8"),
    ("server_us", "server, µs a job", "#c0392b"),
    ("lease_us", "of which the lease, µs", "#e08e0b"),
    ("wal_bytes", "WAL, 100 bytes a job", "#2e8b57"),
    ("dead_tuples", "dead row versions a job", "#7d5ba6"),
    ("rss_kib", "resident, MiB", "#555555"),
]
SCALES = {"wal_bytes": 1 / 100, "rss_kib": 1 / 1024}


def short(value):
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def nice_top(value):
    power = 10 ** math.floor(math.log10(value))
    return next(n * power for n in (1, 2, 3, 5, 10) if n * power >= value)


def plot(name, what, rows):
    """Logarithmic in x where x spans more than a factor of 30."""
    xs = [float(row["x"]) for row in rows]
    lines = [(label, colour, [float(row[field]) * SCALES.get(field, 1) for row in rows])
             for field, label, colour in LINES if all(row[field] != "" for row in rows)]
    top = nice_top(max(max(values) for _, _, values in lines) or 1)
    logarithmic = not name.startswith("churn") and max(xs) / min(xs) > 30
    scale = math.log10 if logarithmic else float
    low = scale(min(xs)) if logarithmic else 0
    span = (scale(max(xs)) - low) or 1

    def across(x):
        return LEFT + (scale(x) - low) / span * (WIDTH - LEFT - RIGHT)

    def up(y):
        return HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
           f' font-family="sans-serif" font-size="12">',
           f'<title>cost of a job: {what}</title>',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for i in range(6):
        y = up(top * i / 5)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
                   f' stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
                   f'{short(top * i / 5)}</text>')
    marked = xs if len(xs) <= 8 else [xs[i] for i in range(len(xs)) if i % 4 == 3]
    for x in marked:
        out.append(f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 18}"'
                   f' text-anchor="middle">{short(round(x, -4) if x >= 1e6 else x)}</text>')
    out.append(f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">{what}</text>')
    for i, (label, colour, values) in enumerate(lines):
        points = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in zip(xs, values))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}"'
                   f' stroke-width="2"/>')
        out += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>'
                for x, y in zip(xs, values)]
        column, line = i % 3, i // 3
        x, y = LEFT + column * 220, 20 + line * 18
        out.append(f'<rect x="{x}" y="{y - 9}" width="14" height="4" fill="{colour}"/>')
        out.append(f'<text x="{x + 20}" y="{y - 2}">{label}</text>')
    out.append("</svg>\n")
    return "\n".join(out)

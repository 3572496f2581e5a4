"""Reads an archive folder with nothing but Python's own gzip, tarfile and json, and the zstd program. One line of JSON for each row:
[table, [[column, cell], ...]]; cells as in canonical.ts."""
import base64, gzip, hashlib, io, json, os, re, struct, subprocess, sys, tarfile, urllib.parse

NAME = re.compile(r'^\d{4}-\d\d-\d\d/([^.]+)(?:\.\d+)?\.jsonl(\.gz|\.zst)?$')
sys.set_int_max_str_digits(0)


def bytes_cell(kind, data):
    if len(data) > 1000:
        return '%s#%d %s' % (kind, len(data), hashlib.sha256(data).hexdigest())
    if kind == 'b':
        return 'b' + data.hex()
    try:
        return 't' + data.decode('utf-8')
    except UnicodeDecodeError:
        return 'x' + data.hex()


def cell(value):
    if value is None:
        return 'n'
    if isinstance(value, bool) or isinstance(value, list):
        raise ValueError('no value of a line: %r' % value)
    if isinstance(value, int):
        return 'i%d' % value
    if isinstance(value, float):
        return 'r' + struct.pack('>d', value).hex()
    if isinstance(value, str):
        return bytes_cell('t', value.encode('utf-8'))
    (kind, text), = value.items()
    if kind == '$real':
        return 'r' + struct.pack('>d', float(text)).hex()
    return bytes_cell({'$text': 't', '$blob': 'b'}[kind], base64.b64decode(text, validate=True))


def cells(row):
    """The cells of a row's line, without what Firn adds to it; None for a line that is no row."""
    if next(iter(row)).startswith('_firn_'):
        return None
    names = list(row)
    # What stands behind `_archived_at` is Firn's; a table may have a column `_time` before it.
    if '_time' in row and names.index('_time') > names.index('_archived_at'):
        del row['_time']
    del row['_archived_at']
    row.pop('_rowid', None)
    return [[column, cell(value)] for column, value in row.items()]


def table_of(name):
    """The table of a segment's name, `<day>/<file>`; None for another file."""
    match = NAME.match(name)
    return match and urllib.parse.unquote(match.group(1))


def tell(table, row):
    found = cells(row)
    if found is not None:
        print(json.dumps([table, found], ensure_ascii=False))


def tell_segment(name, stream):
    table = table_of(name)
    if table is None:
        return
    if name.endswith('.gz'):
        stream = gzip.open(stream)
    elif name.endswith('.zst'):
        stream = io.BytesIO(subprocess.run(['zstd', '-dcq'], input=stream.read(), stdout=subprocess.PIPE, check=True).stdout)
    for line in stream:
        tell(table, json.loads(line))


def files(root):
    """(path in the archive, path) of each file below."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            yield os.path.relpath(path, root), path


sys.stdout.reconfigure(encoding='utf-8', newline='\n')
if __name__ == '__main__':
    for name, path in files(sys.argv[1]):
        if name.startswith('warm/'):
            tell_segment(name[5:], open(path, 'rb'))
        elif name.startswith('cold/') and name.endswith('.tar.gz'):
            with tarfile.open(path) as bundle:
                for member in bundle:
                    tell_segment(member.name, io.BytesIO(bundle.extractfile(member).read()))

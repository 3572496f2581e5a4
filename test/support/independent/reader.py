"""Reads an archive folder with nothing but Python's own gzip, tarfile and json. One line of JSON for each row:
[table, [[column, cell], ...]]; cells as in canonical.ts."""
import base64, gzip, hashlib, io, json, os, re, struct, sys, tarfile, urllib.parse

NAME = re.compile(r'^\d{4}-\d\d-\d\d/([^.]+)(?:\.\d+)?\.jsonl(\.gz)?$')
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


def tell(name, stream):
    match = NAME.match(name)
    if not match:
        return
    table = urllib.parse.unquote(match.group(1))
    lines = gzip.open(stream) if match.group(2) else stream
    for line in lines:
        row = json.loads(line)
        if next(iter(row)).startswith('_firn_'):
            continue
        names = list(row)
        # What stands behind `_archived_at` is Firn's; a table may have a column `_time` before it.
        if '_time' in row and names.index('_time') > names.index('_archived_at'):
            del row['_time']
        del row['_archived_at']
        row.pop('_rowid', None)
        cells = [[column, cell(value)] for column, value in row.items()]
        print(json.dumps([table, cells], ensure_ascii=False))


sys.stdout.reconfigure(encoding='utf-8', newline='\n')
root = sys.argv[1]
for folder, _, files in os.walk(root):
    for file in files:
        path = os.path.join(folder, file)
        name = os.path.relpath(path, root)
        if name.startswith('warm/'):
            tell(name[5:], open(path, 'rb'))
        elif name.startswith('cold/') and name.endswith('.tar.gz'):
            with tarfile.open(path) as bundle:
                for member in bundle:
                    tell(member.name, io.BytesIO(bundle.extractfile(member).read()))

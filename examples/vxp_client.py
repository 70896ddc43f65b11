"""A whole client of docs/protocols/vxp.md in Python's standard library. With a sandbox running (npm start):

    python3 examples/vxp_client.py .data/sandbox.json examples/cong-van.edxml

sends the file as H64.31, receives it as G10, and answers "đã tiếp nhận" (03).
"""
import hashlib, hmac, json, sys, time, urllib.error, urllib.request
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

VIETNAM = timezone(timedelta(hours=7))


class Vxp:
    def __init__(self, base_url, system_id, secret):
        self.base_url, self.system_id, self.secret = base_url, system_id, secret

    def call(self, operation, body=b'', method='POST', **parameters):
        """Returns the answer (a dict, or bytes from downloadEdoc) and the receipt; parameters: hash_file is hash-file."""
        now = datetime.now()
        timestamp = f'{now:%d%m%YT%H%M%S}+{now.microsecond // 1000:04}'
        signed = {'systemid': self.system_id, 'timestamp': timestamp}
        signed |= {key.replace('_', '-'): value for key, value in parameters.items()}
        sign_header = json.dumps({f'XroadVnpt-{key}': value for key, value in signed.items()})
        mac = hmac.new(self.secret.encode(), sign_header.encode(), hashlib.sha256).hexdigest()
        # A header carries UTF-8, and this library takes Latin-1: each byte as one character.
        headers = {f'XroadVnpt-{key}': value.encode().decode('latin-1') for key, value in signed.items()}
        headers |= {'XroadVnpt-sign-header-key': ';'.join(signed), 'XroadVnpt-sign-header': sign_header,
                    'XroadVnpt-hash-header': mac, 'Content-Type': 'application/octet-stream'}
        data = body if method == 'POST' else None
        request = urllib.request.Request(f'{self.base_url}/{operation}', data, headers, method=method)
        for _ in range(5):
            try:
                response = urllib.request.urlopen(request, timeout=60)
            except urllib.error.HTTPError as answered:
                response = answered
            if response.status != 503:
                break
            time.sleep(int(response.headers['Retry-After']))  # What passes by itself; a repeat is recognised.
        content, receipt = response.read(), response.headers['Lienthong-Receipt']
        if not response.headers['Content-Type'].startswith('application/json'):
            return content, receipt
        answer = json.loads(content)
        if answer['status'] != 'OK':
            raise RuntimeError(answer['ErrorDesc'])  # "code: sentence"; sending it again does not help.
        return answer, receipt

    def send(self, package, messagetype):
        digest = hashlib.sha256(package).hexdigest()
        return self.call('sendEdoc', package, servicetype='eDoc', messagetype=messagetype, hash_file=digest)


def write_status(own_code, package, status_code, description):
    """The status message about a received document: edxml.md, "A status"."""
    name = '{http://www.mic.gov.vn/TBT/QCVN_102_2016}'
    header = ElementTree.fromstring(package).find(f'.//{name}MessageHeader')
    issuer = header.findtext(f'{name}From/{name}OrganId')
    number, notation = (header.findtext(f'{name}Code/{name}{part}') for part in ('CodeNumber', 'CodeNotation'))
    document_id = header.findtext(f'{name}DocumentId')
    return f'''<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="{name[1:-1]}"><edXMLEnvelope><edXMLHeader><MessageHeader>
<From><OrganId>{escape(own_code)}</OrganId></From>
<ResponseFor><OrganId>{escape(issuer)}</OrganId><Code>{escape(f'{number}/{notation}')}</Code>
<DocumentId>{escape(document_id)}</DocumentId></ResponseFor>
<StatusCode>{status_code}</StatusCode><Description>{escape(description)}</Description>
<Timestamp>{datetime.now(VIETNAM):%Y/%m/%d %H:%M:%S}</Timestamp>
</MessageHeader></edXMLHeader></edXMLEnvelope></edXML>'''.encode()


def main(sandbox_file, package_file):
    with open(sandbox_file, encoding='utf-8') as file:
        sandbox = json.load(file)
    systems = {agency['code']: agency['system'] for agency in sandbox['agencies']}
    sender, receiver = (
        Vxp(f"{sandbox['baseUrl']}/vxp", systems[code]['id'], systems[code]['secret']) for code in ('H64.31', 'G10'))

    with open(package_file, 'rb') as file:
        sent, receipt = sender.send(file.read(), 'edoc')
    print('sent', sent['DocId'], 'receipt', receipt)

    waiting, _ = receiver.call('getReceivedEdocList', servicetype='eDoc', messagetype='edoc')
    for message in waiting['data']:
        package, _ = receiver.call('downloadEdoc', method='GET', docId=message['docId'])
        assert hashlib.sha256(package).hexdigest() == message['contentSha256']
        receiver.send(write_status('G10', package, '03', 'Đã tiếp nhận'), 'status')
        # Last, after the package is stored: what is not done comes again, and 03 said again is a repeat.
        receiver.call('updateStatus', docId=message['docId'], status='done')
        print('received', message['docId'], message['title'])

    listed, _ = sender.call('getSentEdocList', servicetype='eDoc', messagetype='edoc', docId=sent['DocId'])
    for row in listed['data']:
        print('to', row['toCode'], row['receiveStatus'], row['businessStatus'], row['businessStatusDesc'])


if __name__ == '__main__':
    main(*sys.argv[1:])

"""Writes the Grafana dashboard of the gateway.

    python3 dashboard.py > dashboard.json
"""

import json
import sys

R = '[$__rate_interval]'
JOB = 'job=~"$job", instance=~"$instance"'
TOPIC = JOB + ', topic=~"$topic"'
SUBSCRIPTION = JOB + ', subscription=~"$subscription"'


def rate(by, metric, labels):
    return f'sum by ({by}) (rate({metric}{{{labels}}}{R}))'


def quantile(q, by, metric, labels):
    return f'histogram_quantile({q}, sum by ({by}) (rate({metric}_bucket{{{labels}}}{R})))'


def mean(metric, labels=JOB):
    return f'sum(rate({metric}_sum{{{labels}}}{R})) / sum(rate({metric}_count{{{labels}}}{R}))'


# Rows: title, and panels as (title, unit, [(expression, legend)…]).
ROWS = [
    ('Traffic', [
        ('Publish requests', 'reqps', [(rate('topic', 'gateway_publish_requests_seconds_count', TOPIC), '{{topic}}')]),
        ('Stored messages', 'ops', [(rate('status', 'gateway_send_status_total', JOB), '{{status}}')]),
        ('Bodies', 'Bps', [(f'sum(rate(gateway_publish_bytes_sum{{{JOB}}}{R}))', 'published')]),
        ('Webhooks', 'reqps',
         [(rate('subscription', 'gateway_delivery_attempts_seconds_count', SUBSCRIPTION), '{{subscription}}')]),
    ]),
    ('Latency', [
        ('Publish requests, success', 's',
         [(quantile(q, 'le', 'gateway_publish_requests_seconds', TOPIC + ', outcome="success"'), legend)
          for q, legend in ((0.5, 'p50'), (0.99, 'p99'))]),
        ('Webhooks, p99', 's',
         [(quantile(0.99, 'le, subscription', 'gateway_delivery_attempts_seconds', SUBSCRIPTION), '{{subscription}}')]),
        ('Age of messages when acknowledged, p99', 's',
         [(quantile(0.99, 'le, subscription', 'gateway_delivery_age_seconds', SUBSCRIPTION), '{{subscription}}')]),
        ('Wait before a send, mean', 's', [(mean('gateway_publish_coalescing_wait_seconds'), 'first message of a send')]),
    ]),
    ('Broker', [
        ('Broker answers', 'short', [(f'min by (instance) (gateway_broker_up{{{JOB}}})', '{{instance}}')]),
        ('Avoided brokers', 'short', [(f'max by (instance) (gateway_brokers_avoided{{{JOB}}})', '{{instance}}')]),
        ('In flight, share of the limit', 'percentunit',
         [(f'max(gateway_publish_in_flight{{{JOB}}} / gateway_publish_in_flight_limit{{{JOB}}})', 'messages'),
          (f'max(gateway_publish_in_flight_size_bytes{{{JOB}}} / gateway_publish_in_flight_size_limit_bytes{{{JOB}}})',
           'bytes')]),
        ('Messages in a send, mean', 'short', [(mean('gateway_publish_coalesced_messages'), 'messages')]),
    ]),
    ('Deliveries', [
        ('Webhooks by outcome', 'reqps', [(rate('class', 'gateway_delivery_attempts_seconds_count', SUBSCRIPTION), '{{class}}')]),
        ('Webhooks in flight', 'short',
         [(f'sum by (subscription) (gateway_delivery_in_flight{{{SUBSCRIPTION}}})', '{{subscription}}')]),
        ('Circuit breaker open', 'short',
         [(f'max by (subscription, reason) (gateway_delivery_gate_closed{{{SUBSCRIPTION}}})',
           '{{subscription}} {{reason}}')]),
        ('Retries', 'ops', [(rate('subscription', 'gateway_delivery_retries_total', SUBSCRIPTION), '{{subscription}}')]),
    ]),
    ('Backlog', [
        ('Waiting messages', 'short',
         [(f'max by (subscription) (gateway_delivery_lag_messages{{{SUBSCRIPTION}}})', '{{subscription}}')]),
        ('Age of the oldest waiting message', 's',
         [(f'max by (subscription) (gateway_delivery_lag_seconds{{{SUBSCRIPTION}}})', '{{subscription}}')]),
        ('Age, share of the retention', 'percentunit',
         [(f'max by (subscription) (gateway_delivery_lag_seconds{{{SUBSCRIPTION}}}'
           f' / gateway_delivery_retention_seconds{{{SUBSCRIPTION}}})', '{{subscription}}')]),
        ('Held in the replicas', 'short',
         [(f'sum by (subscription) (gateway_delivery_held{{{SUBSCRIPTION}}})', '{{subscription}}')]),
    ]),
    ('Receive', [
        ('Messages of pull subscriptions', 'ops',
         [(rate('subscription, result', 'gateway_receive_messages_total', SUBSCRIPTION), '{{subscription}} {{result}}')]),
        ('Waiting callers', 'short',
         [(f'sum by (subscription) (gateway_receive_waiting{{{SUBSCRIPTION}}})', '{{subscription}}')]),
        ('Oldest lease', 's',
         [(f'max by (subscription) (gateway_receive_oldest_lease_seconds{{{SUBSCRIPTION}}})', '{{subscription}}')]),
    ]),
    ('Errors', [
        ('Publish requests without success', 'reqps',
         [(rate('outcome', 'gateway_publish_requests_seconds_count', TOPIC + ', outcome!="success"'), '{{outcome}}')]),
        ('Dead letters', 'ops',
         [(rate('subscription, reason', 'gateway_delivery_dead_lettered_total', SUBSCRIPTION),
           '{{subscription}} {{reason}}')]),
        ('Refused callers', 'reqps',
         [(rate('reason', 'gateway_auth_failures_total', JOB), '{{reason}}'),
          (rate('limit', 'gateway_rate_limited_total', JOB), 'rate of {{limit}}')]),
        ('Store and files', 'short',
         [(f'min(gateway_store_up{{{JOB}}})', 'store answers'),
          (f'max(gateway_subscription_files_faulty{{{JOB}}})', 'faulty files'),
          (f'sum(rate(gateway_attempt_log_dropped_total{{{JOB}}}{R}))', 'attempts dropped per second')]),
        ('Certificate expires in', 's',
         [(f'min by (tls) (gateway_certificate_expiry_timestamp_seconds{{{JOB}}}) - time()', '{{tls}}')]),
    ]),
    ('JVM', [
        ('CPU', 'percentunit', [(f'process_cpu_usage{{{JOB}}}', '{{instance}}')]),
        ('Heap', 'bytes',
         [(f'sum by (instance) (jvm_memory_used_bytes{{{JOB}, area="heap"}})', '{{instance}}'),
          (f'sum by (instance) (jvm_memory_max_bytes{{{JOB}, area="heap"}})', '{{instance}} limit')]),
        ('Pauses of the collector', 'percentunit', [(rate('instance', 'jvm_gc_pause_seconds_sum', JOB), '{{instance}}')]),
        ('Threads', 'short', [(f'jvm_threads_live_threads{{{JOB}}}', '{{instance}}')]),
    ]),
]

SOURCE = {'type': 'prometheus', 'uid': '${datasource}'}
COLUMNS, ROW_HEIGHT, PANEL_HEIGHT = 24, 1, 7


def panel(identity, title, unit, targets, place):
    return {
        'id': identity,
        'type': 'timeseries',
        'title': title,
        'datasource': SOURCE,
        'gridPos': place,
        'fieldConfig': {'defaults': {'unit': unit, 'min': 0, 'custom': {'lineWidth': 1, 'fillOpacity': 10}}, 'overrides': []},
        'options': {
            'legend': {'displayMode': 'list', 'placement': 'bottom', 'showLegend': True},
            'tooltip': {'mode': 'multi', 'sort': 'desc'},
        },
        'targets': [
            {'refId': chr(ord('A') + i), 'datasource': SOURCE, 'expr': expression, 'legendFormat': legend}
            for i, (expression, legend) in enumerate(targets)
        ],
    }


def panels():
    made, y = [], 0
    for row, content in ROWS:
        made.append({
            'id': len(made) + 1, 'type': 'row', 'title': row, 'collapsed': False, 'panels': [],
            'gridPos': {'h': ROW_HEIGHT, 'w': COLUMNS, 'x': 0, 'y': y},
        })
        y += ROW_HEIGHT
        width = COLUMNS // len(content)
        for i, (title, unit, targets) in enumerate(content):
            place = {'h': PANEL_HEIGHT, 'w': width, 'x': i * width, 'y': y}
            made.append(panel(len(made) + 1, title, unit, targets, place))
        y += PANEL_HEIGHT
    return made


def variable(name, metric, label):
    query = f'label_values({metric}, {label})'
    return {
        'name': name, 'type': 'query', 'datasource': SOURCE, 'definition': query,
        'query': {'query': query, 'refId': name}, 'refresh': 2, 'sort': 1,
        # Also matches metrics without the label.
        'includeAll': True, 'allValue': '.*', 'multi': True, 'current': {'text': ['All'], 'value': ['$__all']},
    }


DASHBOARD = {
    'uid': 'rocketmq-http-gateway',
    'title': 'RocketMQ HTTP Gateway',
    'tags': ['rocketmq'],
    'schemaVersion': 39,
    'editable': True,
    'graphTooltip': 1,
    'refresh': '30s',
    'time': {'from': 'now-1h', 'to': 'now'},
    'timezone': 'browser',
    'templating': {'list': [
        {'name': 'datasource', 'type': 'datasource', 'query': 'prometheus', 'includeAll': False, 'multi': False},
        variable('job', 'gateway_broker_up', 'job'),
        variable('instance', 'gateway_broker_up{job=~"$job"}', 'instance'),
        variable('topic', 'gateway_publish_requests_seconds_count{job=~"$job"}', 'topic'),
        variable('subscription', 'gateway_subscription_state{job=~"$job"}', 'subscription'),
    ]},
    'annotations': {'list': []},
    'panels': panels(),
}

if __name__ == '__main__':
    json.dump(DASHBOARD, sys.stdout, indent=1)
    print()

{{/* Environment of a process: only the secrets that it needs. Takes (list root component). */}}
{{- define "tocsin.env" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $values := $root.Values -}}
{{- if has $component (list "embedded" "serve") }}
- name: TOCSIN_TOKENS
  valueFrom: {secretKeyRef: {name: {{ include "tocsin.secret" $root }}, key: tokens}}
{{- end }}
{{- if has $component (list "embedded" "detect" "deliver" "serve" "deploy") }}
- name: TOCSIN_SECRET_KEY
  valueFrom: {secretKeyRef: {name: {{ include "tocsin.secret" $root }}, key: secret-key}}
{{- end }}
{{- if and (eq $values.mode "kafka") $values.kafka.sasl.mechanism }}
- name: TOCSIN_KAFKA_USERNAME
  valueFrom: {secretKeyRef: {name: {{ $values.kafka.sasl.existingSecret }}, key: {{ $values.kafka.sasl.usernameKey }}}}
- name: TOCSIN_KAFKA_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $values.kafka.sasl.existingSecret }}, key: {{ $values.kafka.sasl.passwordKey }}}}
{{- end }}
{{- with $values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- with (index $values (eq $component "deploy" | ternary "deployJob" $component)).extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The settings that are no secret, as the data of a ConfigMap. */}}
{{- define "tocsin.settings" -}}
TOCSIN_HOST: "0.0.0.0"
TOCSIN_PORT: {{ .Values.ports.http | quote }}
TOCSIN_LOG_LEVEL: {{ .Values.logLevel | quote }}
TOCSIN_MAX_STORY_BYTES: {{ .Values.maxStoryBytes | int64 | quote }}
TOCSIN_ALLOWED_PRIVATE: {{ join "," .Values.allowedPrivateCIDRs | quote }}
TOCSIN_ALLOW_HTTP: {{ .Values.allowHttp | quote }}
TOCSIN_CLOCK: {{ .Values.clock | quote }}
TOCSIN_DB: /var/lib/tocsin/tocsin.db
TOCSIN_RULES: {{ empty .Values.rules | ternary "/etc/tocsin/rules.yaml" "/etc/tocsin/rules/rules.yaml" }}
TOCSIN_SUBSCRIBERS: {{ empty .Values.subscribers | ternary "/etc/tocsin/subscribers.yaml" "/etc/tocsin/subscribers/subscribers.yaml" }}
{{- if eq .Values.mode "kafka" }}
TOCSIN_METRICS_PORT: {{ .Values.ports.metrics | quote }}
TOCSIN_BOOTSTRAP: {{ .Values.kafka.bootstrap | quote }}
TOCSIN_TOPIC_PREFIX: {{ .Values.kafka.topicPrefix | quote }}
TOCSIN_STORIES_TOPIC: {{ include "tocsin.storiesTopic" . | quote }}
TOCSIN_STORIES_EPOCH: {{ .Values.kafka.storiesEpoch | quote }}
TOCSIN_KAFKA_SECURITY: {{ include "tocsin.kafkaSecurity" . }}
{{- with .Values.kafka.sasl.mechanism }}
TOCSIN_KAFKA_MECHANISM: {{ . }}
{{- end }}
{{- if and .Values.kafka.tls.enabled .Values.kafka.tls.existingSecret }}
TOCSIN_KAFKA_CA: /etc/tocsin/kafka/ca.crt
{{- if .Values.kafka.tls.clientCertificate }}
TOCSIN_KAFKA_CERTIFICATE: /etc/tocsin/kafka/tls.crt
TOCSIN_KAFKA_KEY: /etc/tocsin/kafka/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

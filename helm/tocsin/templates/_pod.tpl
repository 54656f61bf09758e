{{/*
The pod of a process. Takes a dict:
  root, component  the chart's context and the process's name, which is also where its values are
  args             the arguments of `tocsin`
  port             http | metrics: where it answers probes and scrapes
  data             claim | scratch | none: what lies under /var/lib/tocsin (a claim is the StatefulSet's)
*/}}
{{- define "tocsin.pod" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $own := index $values .component -}}
metadata:
  labels:
    {{- include "tocsin.labels" (list $root .component) | nindent 4 }}
    {{- with merge (dict) ($own.podLabels | default dict) $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    {{- include "tocsin.checksums" $root | nindent 4 }}
    {{- with merge (dict) ($own.podAnnotations | default dict) $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "tocsin.podBase" (dict "root" $root "own" $own) | nindent 2 }}
  terminationGracePeriodSeconds: {{ $own.terminationGracePeriodSeconds | default 60 }}
  {{- if $values.topologySpread.enabled }}
  topologySpreadConstraints:
    {{- range $key := $values.topologySpread.topologyKeys }}
    - topologyKey: {{ $key }}
      maxSkew: {{ $values.topologySpread.maxSkew }}
      whenUnsatisfiable: {{ $values.topologySpread.whenUnsatisfiable }}
      labelSelector:
        matchLabels:
          {{- include "tocsin.selector" (list $root $.component) | nindent 10 }}
      matchLabelKeys: [{{ if has $.component (list "extract" "serve") }}pod-template-hash{{ else }}controller-revision-hash{{ end }}]
    {{- end }}
  {{- end }}
  containers:
    - name: {{ .component }}
      {{- include "tocsin.container" $root | nindent 6 }}
      args:
        {{- concat .args ($own.args | default list) | toYaml | nindent 8 }}
      ports:
        - {name: {{ .port }}, containerPort: {{ index $values.ports .port }}, protocol: TCP}
      env:
        {{- include "tocsin.env" (list $root .component) | nindent 8 }}
      {{- range $probe, $path := dict "startup" "/livez" "liveness" "/livez" "readiness" "/readyz" }}
      {{ $probe }}Probe:
        httpGet: {path: {{ $path }}, port: {{ $.port }}}
        {{- toYaml (index $values.probes $probe) | nindent 8 }}
      {{- end }}
      {{- if eq .port "http" }}
      lifecycle:
        preStop: {sleep: {seconds: 5}}  # until no endpoint leads here any more
      {{- end }}
      resources:
        {{- toYaml $own.resources | nindent 8 }}
      volumeMounts:
        {{- include "tocsin.mounts" (dict "root" $root "files" (eq .component "embedded")) | nindent 8 }}
        {{- if ne .data "none" }}
        - {name: data, mountPath: /var/lib/tocsin}
        {{- end }}
  volumes:
    {{- include "tocsin.volumes" (dict "root" $root "files" (eq .component "embedded")) | nindent 4 }}
    {{- if eq .data "scratch" }}
    - name: data
      emptyDir: {{ $own.scratch | default "" | empty | ternary (dict) (dict "sizeLimit" $own.scratch) | toJson }}
    {{- end }}
{{- end -}}

{{/* What every pod of the chart has in common. Takes a dict: root, own. */}}
{{- define "tocsin.podBase" -}}
{{- $values := .root.Values -}}
serviceAccountName: {{ include "tocsin.serviceAccount" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml $values.podSecurityContext | nindent 2 }}
{{- with $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with index $.own $key }}
{{ $key }}:{{ if kindIs "string" . }} {{ . }}{{ else }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What every container of the chart has in common. Takes the root. */}}
{{- define "tocsin.container" -}}
image: {{ include "tocsin.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command: [tocsin]
workingDir: /tmp
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
envFrom:
  - configMapRef: {name: {{ include "tocsin.fullname" . }}-settings}
  {{- with .Values.extraEnvFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Mounts beside the data. Takes a dict: root, files (whether the rules and subscribers files are needed). */}}
{{- define "tocsin.mounts" -}}
{{- $values := .root.Values -}}
- {name: tmp, mountPath: /tmp}
{{- if and .files $values.rules }}
- {name: rules, mountPath: /etc/tocsin/rules, readOnly: true}
{{- end }}
{{- if and .files $values.subscribers }}
- {name: subscribers, mountPath: /etc/tocsin/subscribers, readOnly: true}
{{- end }}
{{- if and (eq $values.mode "kafka") $values.kafka.tls.enabled $values.kafka.tls.existingSecret }}
- {name: kafka-tls, mountPath: /etc/tocsin/kafka, readOnly: true}
{{- end }}
{{- with $values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tocsin.volumes" -}}
{{- $values := .root.Values -}}
{{- $name := include "tocsin.fullname" .root -}}
- {name: tmp, emptyDir: {sizeLimit: 1Gi}}
{{- if and .files $values.rules }}
- {name: rules, configMap: {name: {{ $name }}-rules}}
{{- end }}
{{- if and .files $values.subscribers }}
- {name: subscribers, secret: {secretName: {{ $name }}-subscribers}}
{{- end }}
{{- if and (eq $values.mode "kafka") $values.kafka.tls.enabled $values.kafka.tls.existingSecret }}
- {name: kafka-tls, secret: {secretName: {{ $values.kafka.tls.existingSecret }}}}
{{- end }}
{{- with $values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Pods start anew when what they read at start has changed; in kafka mode rules and subscribers come by the deploy Job instead. */}}
{{- define "tocsin.checksums" -}}
checksum/settings: {{ include "tocsin.settings" . | sha256sum }}
checksum/secret: {{ list .Values.existingSecret .Values.secret | toJson | sha256sum }}
{{- if eq .Values.mode "embedded" }}
checksum/rules: {{ .Values.rules | sha256sum }}
checksum/subscribers: {{ .Values.subscribers | sha256sum }}
{{- end }}
{{- end -}}

{{/* Name of the release's objects: at most 40 characters, so that every suffix still fits in a label. */}}
{{- define "tocsin.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels that select the pods of a process. Takes (list root component). */}}
{{- define "tocsin.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Labels of an object. Takes (list root component). */}}
{{- define "tocsin.labels" -}}
{{- $root := index . 0 -}}
{{ include "tocsin.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: tocsin
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "tocsin.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "tocsin.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "tocsin.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "tocsin.secret" -}}
{{- default (include "tocsin.fullname" .) .Values.existingSecret -}}
{{- end -}}

{{/* The processes of this mode, as a JSON list. */}}
{{- define "tocsin.components" -}}
{{- if eq .Values.mode "embedded" -}}
["embedded"]
{{- else -}}
["extract", "detect", "deliver", "serve"]
{{- end -}}
{{- end -}}

{{/* The process that answers HTTP in this mode. */}}
{{- define "tocsin.front" -}}
{{- eq .Values.mode "embedded" | ternary "embedded" "serve" -}}
{{- end -}}

{{- define "tocsin.storiesTopic" -}}
{{- default (printf "%sstories" .Values.kafka.topicPrefix) .Values.kafka.storiesTopic -}}
{{- end -}}

{{- define "tocsin.kafkaSecurity" -}}
{{- if .Values.kafka.sasl.mechanism -}}
{{- .Values.kafka.tls.enabled | ternary "SASL_SSL" "SASL_PLAINTEXT" -}}
{{- else -}}
{{- .Values.kafka.tls.enabled | ternary "SSL" "PLAINTEXT" -}}
{{- end -}}
{{- end -}}

{{/* What one Job applies: its name changes with it, since a Job cannot be changed. */}}
{{- define "tocsin.deployHash" -}}
{{- list .Values.rules .Values.subscribers .Values.kafka .Values.deployJob .Values.existingSecret .Values.extraEnv .Values.image .Chart.AppVersion | toJson | sha256sum | trunc 10 -}}
{{- end -}}

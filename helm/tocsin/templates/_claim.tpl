{{/* The claim template of a StatefulSet whose file outlives its pod. Takes (list root component). */}}
{{- define "tocsin.claim" -}}
{{- $claim := (index (index . 0).Values (index . 1)).persistence -}}
{{- if $claim.enabled -}}
persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}
volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
      labels:
        {{- include "tocsin.selector" . | nindent 8 }}
    spec:
      accessModes: {{ toJson $claim.accessModes }}
      {{- with $claim.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources: {requests: {storage: {{ $claim.size }}}}
{{- end -}}
{{- end -}}

{{/* The name of the release, which is the name of every object. `helm install rocketmq-http-gateway chart` gives the names of k8s/base. */}}
{{- define "gateway.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 49 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 49 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "gateway.selector" -}}
app.kubernetes.io/name: {{ include "gateway.name" . }}
{{- end -}}

{{- define "gateway.labels" -}}
{{ include "gateway.selector" . }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "gateway.settings" -}}
{{- .Values.settings | default (.Files.Get "files/application.properties") -}}
{{- end -}}

{{/* A NetworkPolicy that lets the gateway connect to ports of any address, but those in `except`. */}}
{{- define "gateway.egress" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "gateway.name" .root }}-{{ .name }}
  labels:
    {{- include "gateway.labels" .root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "gateway.selector" .root | nindent 6 }}
  policyTypes:
    - Egress
  egress:
    - ports:
        {{- range .ports }}
        - protocol: TCP
          port: {{ . }}
        {{- end }}
      {{- with .except }}
      to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except:
              {{- toYaml . | nindent 14 }}
      {{- end }}
{{- end -}}

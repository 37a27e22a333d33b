"""Process `quality`: what people said and what checks find becomes findings, and observations get their flags."""

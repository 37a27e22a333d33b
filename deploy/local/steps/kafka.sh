# Apache Kafka as Maven artifacts, into .local/kafka/libs.

kafka_inputs() { cat "$STEPS/kafka.sh" deploy/kafka/pom.xml; }
kafka_there() { compgen -G "$STATE/kafka/libs/kafka_*.jar" >/dev/null; }
kafka_do() {
  rm -rf "$STATE/kafka/libs.new"
  mvn --batch-mode --strict-checksums -f deploy/kafka/pom.xml dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$STATE/kafka/libs.new"
  rm -rf "$STATE/kafka/libs"
  mv "$STATE/kafka/libs.new" "$STATE/kafka/libs"
}

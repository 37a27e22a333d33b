#!/usr/bin/env bash
# As root: installs the packages named in MISSING without starting a service and without making a database cluster.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

readonly POLICY=/usr/sbin/policy-rc.d CLUSTERS=/etc/postgresql-common/createcluster.d/doorfiets.conf
ours=()
trap '[ ${#ours[@]} -eq 0 ] || rm -f "${ours[@]}"' EXIT

if [ ! -e $POLICY ]; then
  printf '#!/bin/sh\nexit 101\n' >$POLICY
  chmod 755 $POLICY
  ours+=($POLICY)
fi
mkdir -p "${CLUSTERS%/*}"
echo 'create_main_cluster = false' >$CLUSTERS
ours+=($CLUSTERS)

apt-get update || echo "not every source answered; trying with the package lists there are"
# shellcheck disable=SC2086  # the names are meant to be split
apt-get install -y -o DPkg::Lock::Timeout=600 --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold ${MISSING}

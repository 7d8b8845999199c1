# shellcheck shell=sh
# The programs, libraries and manuals of memcache_hybrid for this shell: `. @ROOT@/set_env.sh`.
export MEMCACHE_HYBRID_HOME_PATH='@ROOT@/latest'
case ":${PATH:-}:" in
  *":$MEMCACHE_HYBRID_HOME_PATH/bin:"*) ;;
  *)
    export PATH="$MEMCACHE_HYBRID_HOME_PATH/bin${PATH:+:$PATH}"
    export LD_LIBRARY_PATH="$MEMCACHE_HYBRID_HOME_PATH/lib64${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    export PKG_CONFIG_PATH="$MEMCACHE_HYBRID_HOME_PATH/lib64/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
    # The empty end stands for the system's manuals.
    export MANPATH="$MEMCACHE_HYBRID_HOME_PATH/share/man:${MANPATH:-}"
    ;;
esac
# Whoever has named files of their own keeps them.
export MMC_META_CONFIG_PATH="${MMC_META_CONFIG_PATH:-@ROOT@/config/mmc-meta.conf}"
export MMC_LOCAL_CONFIG_PATH="${MMC_LOCAL_CONFIG_PATH:-@ROOT@/config/mmc-local.conf}"

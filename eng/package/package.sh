# shellcheck shell=bash
# What `./mmc package` makes, into artifacts/package. Sourced by mmc, whose variables and functions it uses.
# The same commit gives the same archives: names are sorted, owners are root, times are those of the commit.

packages=$artifacts/package
maintainer='The MemCache authors <memcache@localhost>'
# How hard the archives are pressed: those of tests hardly.
package_effort=9

package_version() {
  sed -n 's|.*<VersionPrefix>\(.*\)</VersionPrefix>.*|\1|p' "$root/Directory.Build.props"
}

# Seconds since 1970 of everything in the packages.
package_time() {
  if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
    SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2> /dev/null || stat -c %Y "$root/CHANGELOG.md")
  fi
  export SOURCE_DATE_EPOCH
}

# glibc_minor FILE...: the least glibc 2.x that has the symbols which the files ask for.
glibc_minor() {
  objdump -T "$@" | sed -n 's/.*GLIBC_2\.\([0-9]*\).*/\1/p' | sort -n | tail -n 1
}

# An archive of a directory's content, to standard output.
package_tar() {
  tar -c --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$1" . | gzip -n "-$package_effort"
}

# set_modes DIRECTORY: as they are to be on the other machine, whatever this one's umask is.
set_modes() {
  find "$1" -type d -exec chmod 755 {} +
  find "$1" -type f -exec chmod 644 {} +
  find "$1" -type f \( -path '*/bin/*' -o -name '*.sh' \) -exec chmod 755 {} +
}

# stage_programs DIRECTORY NATIVE VERSION: programs, library, headers, manuals and notices, as both kinds of package have them.
stage_programs() {
  local stage=$1 native=$2 version=$3
  mkdir -p "$stage"/{bin,lib64/pkgconfig,lib64/cmake/memcache,include,share/doc/memcache}
  cp "$native/mmc_meta_service" "$native/mmc" "$stage/bin/"
  cp "$native/libmf_memcache.so" "$stage/lib64/"
  cp "$root"/bindings/c/include/*.h "$root"/bindings/cpp/include/*.h "$stage/include/"
  sed "s/@VERSION@/$version/" "$root/bindings/c/memcache.pc.in" > "$stage/lib64/pkgconfig/memcache.pc"
  cp "$root/bindings/c/memcache-config.cmake" "$stage/lib64/cmake/memcache/"
  cp "$root"/{LICENSE,README.md,CHANGELOG.md} "$root/bindings/python/THIRD-PARTY.md" "$stage/share/doc/memcache/"
  stage_manuals "$stage"
}

# Manual pages and completions, which the program writes itself: this machine's, whatever the package is for.
stage_manuals() {
  local stage=$1 writer=$artifacts/native/mmc page
  mkdir -p "$stage"/share/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
  "$writer" man "$stage/share/man/man1" > /dev/null
  for page in "$stage"/share/man/man1/*.1; do
    gzip -n -9 "$page"
  done
  "$writer" completion bash > "$stage/share/bash-completion/completions/mmc"
  "$writer" completion zsh > "$stage/share/zsh/site-functions/_mmc"
  "$writer" completion fish > "$stage/share/fish/vendor_completions.d/mmc.fish"
}

# package_run ARCH NATIVE [VERSION [CONFIG]]: the self-extracting package; prints its path. NATIVE holds the programs and the
# library, CONFIG the files of configuration.
package_run() {
  local arch=$1 native=$2 version=${3:-$(package_version)} config=${4:-$root/deploy/config} stage=$packages/stage-run file script
  file=$packages/memcache_hybrid-${version}_linux_$arch.run
  package_time
  rm -rf "$stage"
  stage_programs "$stage" "$native" "$version"
  mkdir -p "$stage/share/config" "$stage/share/systemd" "$stage/wheel"
  cp "$config"/*.conf "$stage/share/config/"
  cp "$root/deploy/systemd/mmc_meta_service.service" "$stage/share/systemd/"
  cp "$root"/deploy/run/{set_env,uninstall}.sh "$stage/"
  for script in "$native"/*.whl; do
    cp "$script" "$stage/wheel/"
  done
  ln -s ../config "$stage/config"
  set_modes "$stage"
  # Directories behind what is in them, as they are removed.
  (cd "$stage" && { find . -mindepth 1 ! -type d -printf '%P\n' | LC_ALL=C sort; find . -mindepth 1 -depth -type d -printf '%P/\n'; }) > "$packages/files"
  mv "$packages/files" "$stage/.files"
  write_run "$stage" "$arch" "$version" > "$file.new"
  chmod 755 "$file.new"
  mv "$file.new" "$file"
  rm -rf "$stage"
  printf '%s\n' "$file"
}

# The script with its blanks filled in, and the archive behind it.
write_run() {
  local stage=$1 arch=$2 version=$3 script=$root/deploy/run/install.sh payload=$packages/payload
  package_tar "$stage" > "$payload"
  sed -e "s/@VERSION@/$version/g" -e "s/@ARCH@/$arch/g" \
    -e "s/@GLIBC_MINOR@/$(glibc_minor "$stage"/bin/* "$stage/lib64/libmf_memcache.so")/" \
    -e "s/@UNPACKED_KIB@/$(du -sk --apparent-size "$stage" | cut -f 1)/" \
    -e "s/@PAYLOAD_SHA256@/$(sha256sum < "$payload" | cut -d ' ' -f 1)/" \
    -e "s/@HEADER_LINES@/$(wc -l < "$script")/" "$script"
  cat "$payload"
  rm -f "$payload"
}

# package_deb ARCH NATIVE [VERSION]: the Debian package; prints its path.
package_deb() {
  local arch=$1 native=$2 version=${3:-$(package_version)} stage=$packages/stage-deb tree debian library file
  case $arch in
    x86_64) debian=amd64 ;;
    aarch64) debian=arm64 ;;
    *) fail "no Debian package for $arch" ;;
  esac
  file=$packages/memcache-hybrid_${version}_$debian.deb
  library=usr/lib/$arch-linux-gnu
  package_time
  rm -rf "$stage"
  tree=$stage/tree
  mkdir -p "$tree"/{DEBIAN,usr,etc/memcache,lib/systemd/system}
  stage_programs "$tree/usr" "$native" "$version"
  mkdir -p "$tree/$library" "$tree/usr/include/memcache"
  mv "$tree/usr/lib64"/* "$tree/$library/"
  rmdir "$tree/usr/lib64"
  mv "$tree"/usr/include/*.h "$tree/usr/include/memcache/"
  sed -i -e "s|\${memcache_root}/lib64|/$library|" -e 's|${memcache_root}/include|/usr/include/memcache|' "$tree/$library/cmake/memcache/memcache-config.cmake"
  sed -i -e "s|^libdir=.*|libdir=/$library|" -e 's|^includedir=.*|includedir=/usr/include/memcache|' "$tree/$library/pkgconfig/memcache.pc"
  mv "$tree/usr/share/doc/memcache" "$tree/usr/share/doc/memcache-hybrid"
  mv "$tree/usr/share/doc/memcache-hybrid/LICENSE" "$tree/usr/share/doc/memcache-hybrid/copyright"
  cp "$root"/deploy/config/*.conf "$tree/etc/memcache/"
  cp "$root/deploy/systemd/mmc_meta_service.service" "$tree/lib/systemd/system/"
  stage_python "$tree" "$native" "/$library"
  set_modes "$tree"
  fill_control "$tree" "$debian" "$version"
  SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH run_quietly deb dpkg-deb --root-owner-group -Zxz "-z$((package_effort < 6 ? 0 : 6))" --build "$tree" "$file"
  rm -rf "$stage"
  printf '%s\n' "$file"
}

# The Python package beside the library that it would otherwise bring a copy of.
stage_python() {
  local tree=$1 native=$2 library=$3 package=$1/usr/lib/python3/dist-packages/memcache_hybrid
  [[ -d $native/python/memcache_hybrid ]] || return 0
  mkdir -p "$package"
  cp -r "$native/python/memcache_hybrid/." "$package/"
  rm -rf "$package/config" "$package"/__pycache__
  ln -sf "../../../${library#/usr/lib/}/libmf_memcache.so" "$package/libmf_memcache.so"
  ln -sf "../../../../../bin/mmc_meta_service" "$package/bin/mmc_meta_service"
  ln -s /etc/memcache "$package/config"
}

fill_control() {
  local tree=$1 debian=$2 version=$3 script
  (cd "$tree" && find etc -type f -printf '/%p\n' | sort) > "$tree/DEBIAN/conffiles"
  (cd "$tree" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum) > "$tree/DEBIAN/md5sums"
  sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$debian/" -e "s/@MAINTAINER@/$maintainer/" \
    -e "s/@GLIBC@/2.$(glibc_minor "$tree"/usr/bin/*)/" \
    -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$tree" | cut -f 1)/" "$root/deploy/deb/control.in" > "$tree/DEBIAN/control"
  for script in postinst prerm postrm; do
    cp "$root/deploy/deb/$script" "$tree/DEBIAN/$script"
  done
  chmod 755 "$tree"/DEBIAN/{postinst,prerm,postrm}
}

# The programs of another processor, by Debian's cross compiler; no wheel, for Python's headers of that processor are not here.
build_aarch64() {
  local native=$artifacts/native-aarch64 project
  if ! command -v aarch64-linux-gnu-gcc > /dev/null; then
    (install_packages aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross) || return 1
  fi
  mkdir -p "$native"
  if [[ -e $native/mmc ]] && is_newer "$artifacts/log/native-aarch64.built" src bindings/c; then
    return
  fi
  : > "$artifacts/log/native-aarch64.begun"
  printf 'mmc: building for aarch64 ...\n' >&2
  for project in Native MetaService Cli; do
    run_quietly "aarch64-$project" dotnet publish "$root/src/MemCache.$project" -c Release -v quiet --nologo -r linux-arm64 \
      -p:NativeAotFramework="$(native_framework)" -p:ArtifactsPath="$artifacts/aot-aarch64" -o "$artifacts/aot-aarch64/publish/$project"
  done
  cp "$artifacts"/aot-aarch64/publish/{Native/libmf_memcache.so,MetaService/mmc_meta_service,Cli/mmc} "$native/"
  mv "$artifacts/log/native-aarch64.begun" "$artifacts/log/native-aarch64.built"
}

# Under an emulator, for want of the processor; left out where there is none.
smoke_aarch64() {
  if command -v qemu-aarch64-static > /dev/null || (install_packages qemu-aarch64-static qemu-user-static); then
    run_quietly smoke-aarch64 "$root/eng/package/smoke_aarch64.sh" "$artifacts/native-aarch64"
    printf 'mmc: the programs for aarch64 start, and a C program puts and gets, under qemu\n' >&2
  else
    printf 'mmc: the programs for aarch64 were not started: qemu-user-static is missing\n' >&2
  fi
}

# What this machine's packages are made of, in one directory.
prepare_package() {
  prepare_sdk
  build_native_library
  build_native_programs
  build_native_cli
  build_python
  mkdir -p "$packages"
  stage_native
}

# The Python package beside the programs.
stage_native() {
  rm -rf "$native/python" "$native"/*.whl
  mkdir -p "$native/python"
  cp -r "$artifacts/python/memcache_hybrid" "$native/python/"
  cp "$artifacts/python/wheel"/*.whl "$native/"
}

package_sbom() {
  local file
  file=$packages/memcache_hybrid-$(package_version).cdx.json
  package_time
  run_quietly sbom dotnet run "$root/eng/package/Sbom.cs" -- "$root" "$file"
  printf '%s\n' "$file"
}

package_sums() {
  (cd "$packages" && sha256sum -- *.run *.deb *.whl *.nupkg *.snupkg *.cdx.json | LC_ALL=C sort -k 2 > SHA256SUMS)
  printf '%s\n' "$packages/SHA256SUMS"
}

# A root file system as debootstrap makes it, kept outside of the repository: it does not change with it. Made in memory,
# for the tool waits for the disk after every file.
prepare_root() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/memcache suite=bookworm
  local target=$cache/root-$suite-$(uname -m)
  if [[ ! -d $target ]]; then
    command -v debootstrap > /dev/null || (install_packages debootstrap debootstrap) || return 1
    printf 'mmc: making a Debian %s in %s ...\n' "$suite" "$target" >&2
    mkdir -p "$cache"
    rm -rf "$target.new"
    mkdir "$target.new"
    # shellcheck disable=SC2016
    run_quietly root timeout 600 unshare --mount sh -ec '
      memory=$(mktemp -d)
      mount --make-rprivate /
      mount -t tmpfs -o mode=755 none "$memory"
      debootstrap --variant=minbase "$1" "$memory"
      rm -f "$memory"/var/cache/apt/archives/*.deb
      cp -a "$memory/." "$2"' sh "$suite" "$target.new"
    mv "$target.new" "$target"
  fi
  printf '%s\n' "$target"
}

# What the tests install: packages of this build and of a next version whose configuration differs, and where to.
prepare_package_tests() {
  local packages=$artifacts/package-test package_effort=1 next=$artifacts/package-test/next target
  build_native_cli
  mkdir -p "$packages"
  rm -rf "$packages"/{root,why-no-root}
  if ((EUID != 0)) || ! unshare --mount --net --pid --ipc --uts --fork true 2> /dev/null; then
    printf 'a fresh machine needs the rights to make namespaces and mounts: run the tests as root\n' > "$packages/why-no-root"
  elif ! target=$(prepare_root); then
    printf 'no root file system: debootstrap failed, or is not to be had here\n' > "$packages/why-no-root"
  else
    ln -s "$target" "$packages/root"
  fi
  if [[ -d $packages/root ]] &&
    ! { compgen -G "$packages/*.deb" > /dev/null && is_newer "$artifacts/log/package-test.built" src deploy eng bindings; }; then
    : > "$artifacts/log/package-test.begun"
    printf 'mmc: making the packages of the tests ...\n' >&2
    stage_native
    rm -rf "$packages"/*.{run,deb} "$next"
    mkdir "$next"
    for file in "$root"/deploy/config/*.conf; do
      { cat "$file" && echo '# next'; } > "$next/$(basename "$file")"
    done
    package_run "$(uname -m)" "$native" > /dev/null
    package_run "$(uname -m)" "$native" 99.0.0 "$next" > /dev/null
    package_deb "$(uname -m)" "$native" > /dev/null
    mv "$artifacts/log/package-test.begun" "$artifacts/log/package-test.built"
  fi
}

package_all() {
  rm -rf "$packages"
  prepare_package
  package_run "$(uname -m)" "$native"
  package_deb "$(uname -m)" "$native"
  cp "$native"/*.whl "$packages/"
  printf '%s\n' "$packages"/*.whl
  package_nuget
  if [[ $(uname -m) == x86_64 && ${1:-} != --no-cross ]] && build_aarch64; then
    smoke_aarch64
    package_run aarch64 "$artifacts/native-aarch64"
    package_deb aarch64 "$artifacts/native-aarch64"
  fi
  package_sbom
  package_sums
}

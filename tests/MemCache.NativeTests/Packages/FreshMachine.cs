using System.Text;
using MemCache.Testing;
using Xunit;

namespace MemCache.NativeTests.Packages;

/// <summary>
/// A shell on a machine as new: a fresh Debian under an overlay, with processes, network, memory files and host name of its
/// own. Everything, processes included, is gone when it is disposed.
/// </summary>
internal sealed class FreshMachine : IDisposable
{
    private const string EndMark = "@@end";

    // Mounts are made in a namespace of their own, so they go with it. The packages and programs of the host are read-only.
    private const string Build = """
        set -e
        root=$1 scratch=$2 packages=$3 programs=$4
        mount --make-rprivate /
        mount -t tmpfs -o mode=755 none "$scratch"
        mkdir "$scratch/upper" "$scratch/work" "$scratch/machine"
        machine=$scratch/machine
        mount -t overlay -o "lowerdir=$root,upperdir=$scratch/upper,workdir=$scratch/work" none "$machine"
        mkdir "$machine/packages" "$machine/programs"
        mount --bind -o ro "$packages" "$machine/packages"
        mount --bind -o ro "$programs" "$machine/programs"
        mount -t proc none "$machine/proc"
        mount -t tmpfs -o mode=755 none "$machine/dev"
        for device in null zero random urandom tty; do
          : > "$machine/dev/$device"
          mount --bind "/dev/$device" "$machine/dev/$device"
        done
        ln -s /proc/self/fd "$machine/dev/fd"
        mkdir -m 1777 "$machine/dev/shm"
        mount -t tmpfs -o mode=1777,size=512m none "$machine/dev/shm"
        hostname fresh
        PATH=$PATH:/usr/sbin:/sbin ip link set lo up
        exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
          DEBIAN_FRONTEND=noninteractive chroot "$machine" /bin/bash --noprofile --norc
        """;

    // A poll with a deadline of its own, and HTTP by what bash has: there is no curl on a machine as new.
    private const string Tools = """
        eventually() {
          for ((i = 0; i < 600; i++)); do
            if "$@" > /dev/null 2>&1; then return 0; fi
            sleep 0.1
          done
          echo "not within a minute: $*"
          return 1
        }
        http() {
          exec 9<> /dev/tcp/127.0.0.1/8000 || return 1
          printf '%s %s HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
            "$1" "$2" "${#3}" "${3:-}" >&9
          cat <&9
          exec 9>&-
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly StringBuilder _transcript = new();
    private readonly string _scratch = Directory.CreateTempSubdirectory("memcache-test-").FullName;
    private readonly ChildProcess _shell;

    public FreshMachine()
    {
        PackageFiles.OrSkip();
        _shell = ChildProcess.StartCommand(
        [
            "unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c", Build, "sh",
            PackageFiles.Root, _scratch, PackageFiles.Packages, NativeLibraryFiles.Output,
        ]);
        Run(Tools);
    }

    /// <summary>Everything that was said so far, by both sides.</summary>
    public string Transcript => _transcript.ToString();

    /// <summary>Runs commands that must succeed; returns what they printed.</summary>
    public string Run(string commands) => Run(commands, expectedCode: 0);

    /// <summary>Runs a command that must fail; returns what it printed.</summary>
    public string Fail(string command) => Run(command, expectedCode: 1);

    /// <summary>Every file there is, with type, owner, rights and size; without what the kernel makes.</summary>
    public SortedSet<string> Files() => new(
        Run("find / -xdev \\( -path /proc -o -path /dev -o -path /packages -o -path /programs \\) -prune -o "
            + "-type d -printf '%p %y %U %m\\n' -o -printf '%p %y %U %m %s\\n'; find /dev/shm -mindepth 1").Split('\n'),
        StringComparer.Ordinal);

    public void Dispose()
    {
        _shell.Dispose();
        Directory.Delete(_scratch, recursive: true);
    }

    private string Run(string commands, int expectedCode)
    {
        _ = _transcript.Append("$ ").AppendLine(commands);
        _shell.Send($"{{ {commands}\n}} 2>&1 < /dev/null; printf '\\n{EndMark} %d\\n' $?");
        var printed = new List<string>();
        string line = NextLine(commands);
        while (!line.StartsWith(EndMark, StringComparison.Ordinal))
        {
            printed.Add(line);
            line = NextLine(commands);
        }

        // The mark begins a line of its own, whether what was printed ended with one or not.
        if (printed.Count > 0 && printed[^1].Length == 0)
        {
            printed.RemoveAt(printed.Count - 1);
        }

        string output = string.Join('\n', printed);
        _ = _transcript.AppendLine(output.Length > 4000 ? output[..4000] : output);
        Assert.True(line == $"{EndMark} {expectedCode}", $"'{commands}' ended with {line}; transcript:\n{Transcript}");
        return output;
    }

    private string NextLine(string commands)
    {
        try
        {
            return _shell.ReadLine(Patience, $"the end of '{commands}'");
        }
        catch (TimeoutException)
        {
            // Without its output, which is the lists of all files too.
            throw new TimeoutException($"no end of '{commands}' within {Patience}; transcript:\n{Transcript}");
        }
    }
}

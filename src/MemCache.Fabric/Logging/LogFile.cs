using System.Globalization;

namespace MemCache.Fabric;

/// <summary>
/// A log file that rotates by size: <c>name.log</c> is written, <c>name.1.log</c> is the one before, and so on. One
/// thread at a time. A file that was moved or removed by others is made anew.
/// </summary>
internal sealed class LogFile(string path, long bytesMax, int count) : IDisposable
{
    // LIMIT: that of ock.mmc.log_rotation_file_count; what an earlier, larger count has left is found up to here.
    private const int CountMax = 50;

    private FileStream? _stream;
    private long _length;

    /// <summary>Appends lines. <see langword="false"/>: they are not, or not all, in the file, and why; try again later.</summary>
    public bool TryWrite(ReadOnlySpan<byte> lines, out string problem)
    {
        try
        {
            if (_stream is null || !File.Exists(path))
            {
                Open();
            }

            if (_length > 0 && _length + lines.Length > bytesMax)
            {
                Rotate();
            }

            _stream!.Write(lines);
            _length += lines.Length;
            problem = "";
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            Close();
            problem = exception.Message;
            return false;
        }
    }

    public void Dispose() => Close();

    private void Open()
    {
        Close();
        const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        const UnixFileMode Enter = UnixFileMode.UserExecute | UnixFileMode.GroupExecute;
        string directory = Path.GetDirectoryName(path) ?? "/";
        _ = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(directory)
            : Directory.CreateDirectory(directory, OwnerAndGroup | Enter);
        for (int i = count; i < CountMax; i++)
        {
            File.Delete(Name(i));
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerAndGroup;
        }

        _stream = new FileStream(path, options);
        _length = _stream.CanSeek ? _stream.Length : 0;
    }

    private void Rotate()
    {
        Close();
        for (int i = count - 1; i > 0; i--)
        {
            if (File.Exists(Name(i - 1)))
            {
                File.Move(Name(i - 1), Name(i), overwrite: true);
            }
        }

        // With one file there is none before it.
        File.Delete(path);
        Open();
    }

    private string Name(int index) => index == 0
        ? path
        : Path.ChangeExtension(path, index.ToString(CultureInfo.InvariantCulture) + Path.GetExtension(path));

    private void Close()
    {
        FileStream? stream = _stream;
        _stream = null;
        try
        {
            stream?.Dispose();
        }
        catch (IOException)
        {
            // A full disk may say so once more here; the caller knows.
        }
    }
}

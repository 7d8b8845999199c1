using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>
/// Where OpenSSL reads and writes: our non-blocking sockets, with calls that never raise SIGPIPE in a host's process.
/// What one connection's callbacks need lies in native memory, a <see cref="TlsBioState"/>.
/// </summary>
internal static unsafe class TlsBio
{
    /// <summary>Encrypted bytes that are collected before one call sends them.</summary>
    public const int OutputBytes = 128 << 10;

    private const int TypeSourceSink = 0x0400;
    private const int FlagRead = 1;
    private const int FlagWrite = 2;
    private const int FlagShouldRetry = 8;
    private const int ControlFlush = 11;
    private const int VerifyErrorNoCrl = 3;

    private static readonly Lazy<nint> Method = new(MakeMethod);

    /// <summary>A new BIO; it belongs to whom it is given to, the state does not.</summary>
    public static nint New(TlsBioState* state)
    {
        OpenSslCalls calls = OpenSslLibrary.Calls;
        nint bio = calls.BioNew(Method.Value);
        if (bio != 0)
        {
            calls.BioSetData(bio, (nint)state);
            calls.BioSetInit(bio, 1);
        }

        return bio;
    }

    /// <summary>Sends what was collected, as far as the socket takes it.</summary>
    /// <returns><see langword="true"/> when nothing is left.</returns>
    public static bool Flush(TlsBioState* state)
    {
        while (state->OutputStart < state->OutputEnd)
        {
            nint sent = SendNow(state, state->Output + state->OutputStart, state->OutputEnd - state->OutputStart);
            if (sent < 0)
            {
                return false;
            }

            state->OutputStart += (int)sent;
        }

        state->OutputStart = 0;
        state->OutputEnd = 0;
        return true;
    }

    /// <summary>Address of the callback that judges each certificate of a chain; it notes which one failed, and
    /// why.</summary>
    public static nint VerifyCallback => (nint)(delegate* unmanaged[Cdecl]<int, nint, int>)&Verify;

    private static nint MakeMethod()
    {
        OpenSslCalls calls = OpenSslLibrary.Calls;
        fixed (byte* name = "memcache socket\0"u8)
        {
            // Lives as long as the process, like the name's literal.
            nint method = calls.BioMethNew(TypeSourceSink, name);
            _ = calls.BioMethSetWrite(method, (nint)(delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Write);
            _ = calls.BioMethSetRead(method, (nint)(delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Read);
            _ = calls.BioMethSetCtrl(method, (nint)(delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint>)&Control);
            return method;
        }
    }

    // SAFETY, for all callbacks: they run inside a call of the channel, which holds the socket open and the state
    // allocated; OpenSSL hands over
    // buffers of the length it says. They throw nothing: every call in them returns errors as values.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* bytes, int count)
    {
        OpenSslCalls calls = OpenSslLibrary.Calls;
        calls.BioClearFlags(bio, FlagRead | FlagWrite | FlagShouldRetry);
        var state = (TlsBioState*)calls.BioGetData(bio);
        bool isCollected = state->IsCollecting != 0 && count <= OutputBytes;
        if (!(isCollected && count <= OutputBytes - state->OutputEnd) && !Flush(state))
        {
            return Retry(calls, bio, state, FlagWrite);
        }

        if (isCollected)
        {
            Buffer.MemoryCopy(bytes, state->Output + state->OutputEnd, OutputBytes - state->OutputEnd, count);
            state->OutputEnd += count;
            return count;
        }

        nint sent = SendNow(state, bytes, count);
        return sent >= 0 ? (int)sent : Retry(calls, bio, state, FlagWrite);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* room, int count)
    {
        OpenSslCalls calls = OpenSslLibrary.Calls;
        calls.BioClearFlags(bio, FlagRead | FlagWrite | FlagShouldRetry);
        var state = (TlsBioState*)calls.BioGetData(bio);
        nint received = SocketCalls.Receive(state->Descriptor, room, (nuint)count, SocketCalls.MessageDontWait);
        state->ErrorNumber = received < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (received < 0)
        {
            return Retry(calls, bio, state, FlagRead);
        }

        state->HasEnded |= received == 0 ? 1 : 0;
        state->HasReceived |= received > 0 ? 1 : 0;
        return (int)received;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, nint pointer)
    {
        if (command != ControlFlush)
        {
            return 0;
        }

        OpenSslCalls calls = OpenSslLibrary.Calls;
        calls.BioClearFlags(bio, FlagRead | FlagWrite | FlagShouldRetry);
        var state = (TlsBioState*)calls.BioGetData(bio);
        return Flush(state) ? 1 : Retry(calls, bio, state, FlagWrite);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Verify(int isAccepted, nint storeContext)
    {
        if (isAccepted != 0)
        {
            return 1;
        }

        OpenSslCalls calls = OpenSslLibrary.Calls;
        int error = calls.X509StoreCtxGetError(storeContext);
        if (error == VerifyErrorNoCrl && calls.X509StoreCtxGetErrorDepth(storeContext) > 0)
        {
            // The peer's own certificate needs its issuer's list; authorities above it are looked up in theirs if
            // there are any.
            calls.X509StoreCtxSetError(storeContext, 0);
            return 1;
        }

        nint ssl = calls.X509StoreCtxGetExData(storeContext, calls.SslGetExDataX509StoreCtxIdx());
        nint bio = ssl == 0 ? 0 : calls.SslGetRbio(ssl);
        var state = bio == 0 ? null : (TlsBioState*)calls.BioGetData(bio);
        if (state != null)
        {
            state->VerifyError = error;
            nint certificate = calls.X509StoreCtxGetCurrentCert(storeContext);
            if (certificate != 0)
            {
                _ = calls.X509NameOneline(
                    calls.X509GetSubjectName(certificate), state->Subject, TlsBioState.SubjectBytes);
            }
        }

        return 0;
    }

    private static nint SendNow(TlsBioState* state, byte* bytes, int count)
    {
        nint sent = SocketCalls.Send(
            state->Descriptor, bytes, (nuint)count, SocketCalls.MessageDontWait | SocketCalls.MessageNoSignal);
        state->ErrorNumber = sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        return sent;
    }

    private static int Retry(OpenSslCalls calls, nint bio, TlsBioState* state, int direction)
    {
        if (IoResult.Failed(state->ErrorNumber).IsNotReady)
        {
            calls.BioSetFlags(bio, direction | FlagShouldRetry);
        }

        return -1;
    }
}

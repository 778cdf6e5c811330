using System.Net;

using RaftActors.Security;
using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>
/// The bytes of one connection: a socket (<see cref="SocketChannel"/>), or a pipe of a simulation. It delivers bytes in order or breaks.
/// One thread may receive while another one sends, and closing ends both. A channel decides whether it blocks the thread that awaits it;
/// the code above it is the same.
/// </summary>
internal abstract class ByteChannel : IDisposable
{
    /// <summary>The machine of the other side, or <see cref="IPAddress.None"/>.</summary>
    public abstract IPAddress From { get; }

    /// <summary>Received bytes wait.</summary>
    public abstract bool HasBytes { get; }

    /// <summary>The size of the buffer for sealed bytes.</summary>
    public virtual int KeptBytes => 0;

    /// <exception cref="System.Net.Sockets.SocketException">There is no connection.</exception>
    /// <exception cref="OperationCanceledException">The other side did not answer in time.</exception>
    public abstract Task ConnectAsync(string host, int port, CancellationToken cancellation);

    /// <summary>
    /// Sends probes while the connection is idle, so that firewalls keep it, and the death of the other machine is noticed.
    /// </summary>
    public abstract void KeepAlive();

    /// <summary>
    /// Ends the connection if sent bytes get no answer for some seconds. TCP repeats lost bytes ever more rarely, so a healed network
    /// would otherwise seem broken for as long again as it was.
    /// </summary>
    public abstract void EndWithoutAnswer();

    /// <summary>Encrypts an incoming connection, and returns the proved identity of the other side.</summary>
    public virtual Task<PeerIdentity> AuthenticateAsServerAsync(CertificateCredentials credentials, CancellationToken cancellation) =>
        throw new NotSupportedException();

    /// <summary>Encrypts an outgoing connection, and returns the proved identity of the other side.</summary>
    public virtual Task<PeerIdentity> AuthenticateAsClientAsync(
        CertificateCredentials credentials, string host, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Ends the handshake. From now on <see cref="TrySendNow"/> and <see cref="SendAsync"/> send.</summary>
    /// <param name="keepsThread">The thread that receives may block.</param>
    public abstract void Begin(bool keepsThread);

    /// <summary>Sends bytes of the handshake.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Receives some bytes, or returns 0 if the other side has closed the connection.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> bytes, CancellationToken cancellation = default);

    /// <summary>Encrypts bytes, or returns them as they are without TLS. The result is valid until <see cref="OnSent"/>.</summary>
    public virtual ArraySegment<byte> Seal(ArraySegment<byte> bytes) => bytes;

    /// <summary>Sends sealed bytes as far as the channel takes them without waiting. Returns false if the connection is lost.</summary>
    public abstract bool TrySendNow(ArraySegment<byte> bytes, out int sent);

    /// <param name="keptSize">A larger buffer is left to the garbage collector.</param>
    public virtual void OnSent(int keptSize)
    {
    }

    /// <summary>Sends some of the sealed bytes, at least one.</summary>
    public abstract Task<int> SendAsync(ArraySegment<byte> bytes);

    /// <summary>Ends this direction. The other side reads to the end, and then closes the connection.</summary>
    public abstract void Finish();

    public abstract void Dispose();
}

using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

using RaftActors.Settings;

namespace RaftActors.Security;

/// <summary>
/// Shared secrets. TLS encrypts with certificates that prove nothing: each process makes its own. Within TLS both sides prove that they
/// know the same secret, by a keyed hash (HMAC-SHA-256) of two fresh challenges and of the certificate of the listening side. So no
/// secret is sent, and a proof is worth nothing on another connection (channel binding, as tls-server-end-point of RFC 5929).
/// <para>
/// The connecting side sends the name of its secret and a challenge; the listening side a challenge; the connecting side its proof; the
/// listening side checks it, and only then sends its own.
/// </para>
/// </summary>
internal sealed class SecretCredentials(ImmutableArray<SharedSecret> secrets)
    : ConnectionCredentials(SslStreamCertificateContext.Create(Ephemeral.Value, additionalCertificates: null, offline: true))
{
    private const int ChallengeSize = 32;
    private const int NameSize = 64;
    private const int ProofSize = 32;

    private static readonly Lazy<X509Certificate2> Ephemeral = new(MakeEphemeral);

    // Stands for a name that is not in the file, so that the answer and its time do not tell which names are.
    private readonly SharedSecret _unknown = new("", ConnectionRole.Reader, RandomNumberGenerator.GetBytes(ProofSize));

    /// <inheritdoc/>
    public override async Task<PeerIdentity> AuthenticateAsServerAsync(SslStream tls, CancellationToken cancellation)
    {
        await tls.AuthenticateAsServerAsync(ServerOptions(demand: null), cancellation).WithReason(() => null).ConfigureAwait(false);
        var hello = await ReadAsync(tls, NameSize + ChallengeSize, cancellation).ConfigureAwait(false);
        var name = Encoding.UTF8.GetString(hello.AsSpan(0, NameSize)).TrimEnd('\0');
        var secret = secrets.FirstOrDefault(each => each.Name == name) ?? _unknown;
        var challenge = RandomNumberGenerator.GetBytes(ChallengeSize);
        await tls.WriteAsync(challenge, cancellation).ConfigureAwait(false);
        var transcript = Transcript(tls.LocalCertificate!, hello, challenge); // Justification: a server has one.
        var proof = await ReadAsync(tls, ProofSize, cancellation).ConfigureAwait(false);
        if (!CryptographicOperations.FixedTimeEquals(proof, Prove(secret, "client"u8, transcript)))
        {
            throw new AuthenticationException("it does not know a secret of this node; compare the two secrets files");
        }

        await tls.WriteAsync(Prove(secret, "server"u8, transcript), cancellation).ConfigureAwait(false);
        return IdentityOf(secret);
    }

    /// <inheritdoc/>
    public override async Task<PeerIdentity> AuthenticateAsClientAsync(SslStream tls, string host, CancellationToken cancellation)
    {
        // The proof, not the certificate, shows who the other side is.
        var options = ClientOptions(host, showsCertificate: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(options, cancellation).WithReason(() => null).ConfigureAwait(false);
        var secret = secrets[0];
        var hello = new byte[NameSize + ChallengeSize];
        Encoding.UTF8.GetBytes(secret.Name, hello);
        RandomNumberGenerator.Fill(hello.AsSpan(NameSize));
        await tls.WriteAsync(hello, cancellation).ConfigureAwait(false);
        var challenge = await ReadAsync(tls, ChallengeSize, cancellation).ConfigureAwait(false);
        var transcript = Transcript(tls.RemoteCertificate!, hello, challenge); // Justification: a server has one.
        await tls.WriteAsync(Prove(secret, "client"u8, transcript), cancellation).ConfigureAwait(false);
        var proof = await ReadAsync(tls, ProofSize, cancellation).ConfigureAwait(false);
        return CryptographicOperations.FixedTimeEquals(proof, Prove(secret, "server"u8, transcript))
            ? IdentityOf(secret)
            : throw new AuthenticationException("it does not know the secret of this node; compare the two secrets files");
    }

    /// <inheritdoc/>
    public override bool StillAccepts(PeerIdentity identity) =>
        secrets.Any(secret =>
            secret.Name == identity.Name && secret.Role == identity.Role && secret.Key.AsSpan().SequenceEqual(identity.Key));

    private static PeerIdentity IdentityOf(SharedSecret secret) => new(secret.Name, Names: null, secret.Role) { Key = secret.Key };

    private static byte[] Transcript(X509Certificate server, byte[] hello, byte[] challenge) =>
        [.. SHA256.HashData(server.GetRawCertData()), .. hello, .. challenge];

    private static byte[] Prove(SharedSecret secret, ReadOnlySpan<byte> side, byte[] transcript) =>
        HMACSHA256.HashData(secret.Key, (byte[])[.. "raft connection 1 "u8, .. side, .. transcript]);

    private static async Task<byte[]> ReadAsync(SslStream tls, int size, CancellationToken cancellation)
    {
        var bytes = new byte[size];
        try
        {
            await tls.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw new AuthenticationException("it closed the connection instead of its proof; compare the two secrets files");
        }

        return bytes;
    }

    private static X509Certificate2 MakeEphemeral()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=raft", key, HashAlgorithmName.SHA256);
        var now = Machine.Current.Time.GetUtcNow();
        return TlsKeys.ForTls(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10)));
    }
}

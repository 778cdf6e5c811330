using System.Security.Cryptography.X509Certificates;

using RaftActors.Cli.Certificates;
using RaftActors.Settings;

namespace RaftTrials.Hostile;

/// <summary>The certificates of servers and clients of a trial, as <c>raft certs</c> makes them. The healthy client is a writer.</summary>
internal sealed class Credentials : IDisposable
{
    private const string WriterName = "app";
    private const string ReaderName = "watch";

    private static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private readonly CertificateFolder _folder;

    // Old enough for a certificate that has expired.
    private readonly CertificateAuthority _authority = CertificateAuthority.Make(DateTimeOffset.Now - 3 * Validity);
    private readonly CertificateAuthority _other = CertificateAuthority.Make(DateTimeOffset.Now);

    /// <param name="folder">Exists.</param>
    public Credentials(string folder)
    {
        _folder = new CertificateFolder(Path.Combine(folder, "certificates"));
        _folder.Prepare();
        _folder.WriteCa(_authority);
        var (server, reader) = (Write(Intruder.Neighbour, isServer: true), Write(ReaderName, isServer: false));
        var writer = Write(WriterName, isServer: false);
        ServerOptions =
        [
            "--tls-cert", server.Certificate!, "--tls-key", server.Key!, "--tls-ca", server.Ca!, // Justification: Write sets them.
            "--writers", WriterName, "--readers", ReaderName,
        ];
        Variables = new Dictionary<string, string>
        {
            [SecurityOptions.CertificateVariable] = writer.Certificate!,
            [SecurityOptions.KeyVariable] = writer.Key!,
            [SecurityOptions.CaVariable] = writer.Ca!,
        };
        (WriterFiles, Reader) = (writer, reader);
        Writer = Of(Sign(_authority, WriterName, DateTimeOffset.Now));
        ReaderProof = Of(Sign(_authority, ReaderName, DateTimeOffset.Now));
        Node = Of(Sign(_authority, Intruder.Neighbour, DateTimeOffset.Now, isServer: true));
        Refused =
        [
            ("no certificate", null),
            ("certificate of another CA", Of(Sign(_other, WriterName, DateTimeOffset.Now))),
            ("expired certificate", Of(Sign(_authority, WriterName, DateTimeOffset.Now - 2 * Validity))),
            ("name without a role", Of(Sign(_authority, "outsider", DateTimeOffset.Now))),
        ];
    }

    /// <summary>Of each server.</summary>
    public IReadOnlyList<string> ServerOptions { get; }

    /// <summary>The environment variables of the healthy client.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The files of the writer.</summary>
    public ConnectionSecurity WriterFiles { get; }

    /// <summary>The files of a client that may read, and not append.</summary>
    public ConnectionSecurity Reader { get; }

    /// <summary>The proof of the writer.</summary>
    public CertificateCredentials Writer { get; }

    /// <summary>The proof of the reader.</summary>
    public CertificateCredentials ReaderProof { get; }

    /// <summary>The proof of a server.</summary>
    public CertificateCredentials Node { get; }

    /// <summary>Proofs that no server accepts. Null: no certificate at all.</summary>
    public IReadOnlyList<(string Name, CertificateCredentials? Shown)> Refused { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
    }

    private static X509Certificate2 Sign(CertificateAuthority authority, string name, DateTimeOffset from, bool isServer = false) =>
        TlsKeys.ForTls(authority.Sign(CertificateName.Parse(name, isServer), from, Validity));

    private CertificateCredentials Of(X509Certificate2 own) =>
        new(own, intermediates: [], roots: [_authority.Certificate], pins: [], new RoleRules([], [], [], []));

    private ConnectionSecurity Write(string name, bool isServer)
    {
        var holder = CertificateName.Parse(name, isServer);
        using var certificate = _authority.Sign(holder, DateTimeOffset.Now, Validity);
        _folder.Write(holder, certificate, isReplacing: false);
        return ConnectionSecurity.None with
        {
            Certificate = _folder.CertificateOf(holder),
            Key = _folder.KeyOf(holder),
            Ca = _folder.CaCertificate,
        };
    }
}

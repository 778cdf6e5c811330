using RaftActors.Cli.Certificates;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>The settings of a way between nodes: <c>tcp</c>, and <c>tls</c> for tcp with raft.security.</summary>
internal static class TransportConfig
{
    private const string Host = "127.0.0.1";

    private static readonly Lazy<string> Tls = new(() =>
    {
        var path = Directory.CreateTempSubdirectory("raft-benchmark-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(path, recursive: true);
        var (folder, holder) = (new CertificateFolder(path), CertificateName.Parse(Host, isServer: true));
        using var authority = CertificateAuthority.Make(DateTimeOffset.Now);
        using var certificate = authority.Sign(holder, DateTimeOffset.Now, TimeSpan.FromDays(1));
        folder.WriteCa(authority);
        folder.Write(holder, certificate, isReplacing: false);
        return $$"""
            raft.security {
              tls { certificate = "{{folder.CertificateOf(holder)}}", key = "{{folder.KeyOf(holder)}}", ca = "{{folder.CaCertificate}}" }
              roles.node = ["{{Host}}"]
            }
            """;
    });

    public static string Of(string transport) => transport == "tls" ? Tls.Value : "";
}

using System.Security.Cryptography;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>The settings of a way between nodes: the values of raft.transport, and <c>tls</c> for tcp with raft.security.</summary>
internal static class TransportConfig
{
    private static readonly Lazy<string> SecretsFile = new(() =>
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"node benchmark {RandomNumberGenerator.GetHexString(64)}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(file);
        return file;
    });

    public static string Of(string transport) => transport == "tls"
        ? $"raft {{ transport = tcp, security.secrets-file = \"{SecretsFile.Value}\" }}"
        : $"raft.transport = {transport}";
}

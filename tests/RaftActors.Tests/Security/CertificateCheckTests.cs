using System.Net.Security;

namespace RaftActors.Tests.Security;

/// <summary>A connection may be closed while the certificate of its other side is checked, on either side.</summary>
[Trait("Needs", "TLS")]
public sealed class CertificateCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _own;
    private readonly string _pin;

    public CertificateCheckTests()
    {
        TestCertificates ca = new(_folder.Path);
        var file = ca.Issue("node", ["127.0.0.1"]);
        (_root, _pin) = (X509CertificateLoader.LoadCertificateFromFile(ca.Ca), TestCertificates.PinOf(file));
        _own = TlsKeys.ForTls(X509Certificate2.CreateFromPemFile(file, file));
    }

    public void Dispose()
    {
        _root.Dispose();
        _own.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("server")]
    [InlineData("client")]
    public async Task Connection_that_is_closed_during_the_check_ends_as_a_lost_one(string closing)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient connecting = new();
        var accepting = listener.AcceptTcpClientAsync();
        await connecting.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await accepting;
        await using SslStream server = new(accepted.GetStream());
        await using SslStream client = new(connecting.GetStream());
        var serving = CredentialsThat(closing == "server" ? server : null).AuthenticateAsServerAsync(server, CancellationToken.None);
        var calling = CredentialsThat(closing == "client" ? client : null)
            .AuthenticateAsClientAsync(client, "127.0.0.1", CancellationToken.None);

        var (closed, handshake, other) = closing == "server" ? (server, serving, calling) : (client, calling, serving);
        var end = await Record.ExceptionAsync(async () =>
        {
            await handshake.WaitAsync(Guard);
            await closed.ReadExactlyAsync(new byte[1]);
        });

        Assert.True(end is not null && ConnectionFailure.IsExpected(end), $"{end}");
        await Record.ExceptionAsync(() => other.WaitAsync(Guard));
    }

    // The keys are compared within the check.
    private CertificateCredentials CredentialsThat(SslStream? close)
    {
        var pins = ImmutableHashSet.Create(new Comparer(() => close?.Dispose()), _pin);
        return new(_own, [], [_root], pins, new RoleRules(["127.0.0.1"], [], [], []));
    }

    private sealed class Comparer(Action onCompared) : IEqualityComparer<string>
    {
        public bool Equals(string? one, string? other)
        {
            onCompared();
            return one == other;
        }

        public int GetHashCode(string one) => one.GetHashCode(StringComparison.Ordinal);
    }
}

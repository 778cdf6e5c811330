using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Conformance.Tests.Remote;

/// <summary>TLS of remoting by the keys of Akka.NET.</summary>
public sealed class RemotingTlsTests : IDisposable
{
    private const string Password = "secret of the test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tls");
    private readonly string _file;

    public RemotingTlsTests()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=shared", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(1));
        _file = Path.Combine(_directory.FullName, "shared.pfx");
        File.WriteAllBytes(_file, certificate.Export(X509ContentType.Pkcs12, Password));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Systems_with_TLS_exchange_messages_and_their_addresses_have_the_protocol_akka_ssl_tcp()
    {
        using var a = Start("a");
        using var b = Start("b");
        var echo = b.ActorOf(Props.Create(() => new Echo()), "echo");
        var address = ((ExtendedActorSystem)b).Provider.DefaultAddress;

        var answer = await a.ActorSelection($"{address}/user/{echo.Path.Name}").Ask<string>("hello", Patience);

        Assert.Equal("hello", answer);
        Assert.Equal("akka.ssl.tcp", address.Protocol);
        await Task.WhenAll(a.Terminate(), b.Terminate()).WaitAsync(Patience);
    }

    private ActorSystem Start(string name)
    {
        var config = ConfigurationFactory.ParseString($$"""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp {
              hostname = 127.0.0.1
              port = 0
              enable-ssl = on
              ssl {
                suppress-validation = on
                certificate { path = "{{_file.Replace('\\', '/')}}", password = "{{Password}}", flags = ["exportable"] }
              }
            }
            """);
        return ActorSystem.Create(name, config);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}

using System.Xml.Linq;

using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RaftActors.Coordination.Adapters.Tests;

/// <summary>Data protection whose keys are in the group.</summary>
[Collection(Hosts.Shared)]
public sealed class DataProtectionTests(Hosts hosts)
{
    [Fact]
    public async Task Elements_with_one_name_are_all_stored_and_a_too_large_one_is_refused()
    {
        await using var own = new Hosts();
        await own.InitializeAsync();
        var (one, other) = (RepositoryOf(own, 0), RepositoryOf(own, 1));
        one.StoreElement(new XElement("revocation", "1"), "revocation-20260101");
        other.StoreElement(new XElement("revocation", "2"), "revocation-20260101");

        Assert.Equal(["1", "2"], one.GetAllElements().Select(element => element.Value).Order());
        var large = new XElement("key", new string('a', 9000));
        var refused = Assert.Throws<InvalidOperationException>(() => one.StoreElement(large, "key"));
        Assert.Contains("at most 9000 are allowed", refused.Message);
    }

    [Fact]
    public void What_one_node_protects_another_node_unprotects_with_the_stored_key()
    {
        using var one = ServicesOn(0);
        using var other = ServicesOn(1);
        var text = ProtectorOf(one).Protect("a cookie");

        Assert.Equal("a cookie", ProtectorOf(other).Unprotect(text));

        var key = Assert.Single(RepositoryOf(hosts, 2).GetAllElements());
        Assert.Equal("key", key.Name.LocalName);
    }

    [Fact]
    public void Applications_that_start_together_unprotect_what_the_others_protect()
    {
        var texts = Enumerable.Range(0, 3).Select(node => Protector(node).Protect("a cookie")).ToArray();

        Assert.All(texts, text => Assert.All([0, 1, 2], node => Assert.Equal("a cookie", Protector(node).Unprotect(text))));

        IDataProtector Protector(int node) => hosts.Get<IDataProtectionProvider>(node).CreateProtector("cookies");
    }

    [Fact]
    public async Task Item_that_is_no_XML_is_skipped_and_named_once_in_the_log()
    {
        await using var own = new Hosts();
        await own.InitializeAsync();
        Heard heard = new();
        var items = own.Get<RaftCoordination>(0).Items;
        var repository = RepositoryOf(own, 0, heard);
        repository.StoreElement(new XElement("key", "1"), "key-1");
        await items.PutAsync("data-protection/note", "rotate in May");

        Assert.All([1, 2], _ => Assert.Equal("1", Assert.Single(repository.GetAllElements()).Value));

        Assert.Contains("data-protection/note is skipped", Assert.Single(heard.Warnings));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Host_starts_without_its_group_and_reads_no_key_wherever_data_protection_is_added(bool isBeforeAkka)
    {
        var ports = FreePorts.Take(3);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        if (isBeforeAkka)
        {
            builder.Services.AddDataProtection().SetApplicationName("shop").PersistKeysToRaft();
        }

        Hosts.AddNode(builder.Services, ports[0], ports);
        if (!isBeforeAkka)
        {
            builder.Services.AddDataProtection().SetApplicationName("shop").PersistKeysToRaft();
        }

        // As AddAuthentication, AddAntiforgery and AddRazorPages do. It registers the reader at the start once more.
        builder.Services.AddDataProtection();
        using var host = builder.Build();

        // A read of the keys would block this thread for 30 s, because the group has no majority.
        await Task.Run(() => host.StartAsync()).WaitAsync(TimeSpan.FromSeconds(20));

        await host.Services.GetRequiredService<ActorSystem>().Terminate().WaitAsync(Guard);
    }

    private static RaftXmlRepository RepositoryOf(Hosts hosts, int node, ILoggingAdapter? log = null) =>
        new(hosts.Get<RaftCoordination>(node), log ?? NoLogger.Instance);

    private static IDataProtector ProtectorOf(IServiceProvider services) =>
        services.GetRequiredService<IDataProtectionProvider>().CreateProtector("cookies");

    private ServiceProvider ServicesOn(int node)
    {
        var services = new ServiceCollection().AddSingleton(hosts.Get<ActorSystem>(node));
        services.AddDataProtection().SetApplicationName("shop").PersistKeysToRaft();
        return services.BuildServiceProvider();
    }

    private sealed class Heard() : LoggingAdapterBase(DefaultLogMessageFormatter.Instance)
    {
        public List<string> Warnings { get; } = [];

        public override bool IsDebugEnabled => false;

        public override bool IsInfoEnabled => false;

        public override bool IsWarningEnabled => true;

        public override bool IsErrorEnabled => true;

        protected override void NotifyLog(LogLevel logLevel, object message, Exception? cause = null) => Warnings.Add($"{message}");
    }
}

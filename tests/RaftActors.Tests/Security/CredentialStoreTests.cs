namespace RaftActors.Tests.Security;

/// <summary>Files that a running node cannot use yet. The certificates are valid from yesterday until tomorrow.</summary>
public sealed class CredentialStoreTests : TestKit
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _ca;
    private readonly TestProbe _warned;
    private readonly CredentialStore _store;

    public CredentialStoreTests()
        : base("akka { loglevel = WARNING, loggers = [] }")
    {
        _warned = CreateTestProbe();
        Sys.EventStream.Subscribe(_warned, typeof(Warning));
        _ca = new TestCertificates(_folder.Path);
        var files = new TlsFiles(_ca.Issue("node", ["127.0.0.1"]), Key: "", Password: "", _ca.Ca, Pins: []);
        _store = new CredentialStore(
            new SecuritySettings(files, TimeSpan.FromHours(1), new RoleRules(Nodes: ["127.0.0.1"], [], [], [])), Sys.Log);
    }

    [Theory]
    [InlineData(-2, "is not valid before")]
    [InlineData(2, "has expired on")]
    public void Certificate_that_the_clock_forbids_is_used_as_soon_as_the_clock_allows_it(int days, string why)
    {
        var former = _store.Current;
        _ca.Issue("node", ["127.0.0.1"]);
        Machine.Use(new ClockMachine(new FixedClock(DateTimeOffset.UtcNow.AddDays(days))));
        try
        {
            _store.Refresh();
            _store.Refresh();
            Assert.Same(former, _store.Current);
            Assert.Contains(why, $"{_warned.ExpectMsg<Warning>().Message}");
            _warned.ExpectNoMsg(TimeSpan.Zero);
        }
        finally
        {
            Machine.Use(null);
        }

        _store.Refresh();

        Assert.NotSame(former, _store.Current);
    }

    [Fact]
    public void Files_that_are_refused_again_after_others_are_logged_again()
    {
        var file = _folder["node.pem"];
        var good = File.ReadAllBytes(file);
        for (var time = 0; time < 2; time++)
        {
            File.WriteAllText(file, "no certificate");
            _store.Refresh();
            Assert.Contains("are not used", $"{_warned.ExpectMsg<Warning>().Message}");
            File.WriteAllBytes(file, good);
            _store.Refresh();
        }
    }

    protected override void AfterAll()
    {
        _store.Dispose();
        _folder.Dispose();
        base.AfterAll();
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

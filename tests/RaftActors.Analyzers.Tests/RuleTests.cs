using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

using RaftActors.CodeFixes;

namespace RaftActors.Analyzers.Tests;

/// <summary>What each rule finds, in the markup of Microsoft's kit, and what it leaves alone.</summary>
public sealed class RuleTests : IClassFixture<RuleTests.PackageFolder>
{
    // The statements of HandleAppend.
    private const string Actor = """
        public sealed record Result(IReadOnlyList<string> Names);

        public sealed class Subject(HttpClient http, IActorRef other, TimeProvider time, IRules rules) : RaftActor<string, object?>
        {
            private static readonly Dictionary<string, int> Table = new() { ["a"] = 1 };
            private static readonly List<string> Shared = [];
            private static int Calls { get; set; }

            private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
            private readonly HashSet<string> _names = [];
            private readonly SortedDictionary<string, double> _sorted = new(StringComparer.Ordinal);
            private readonly List<string> _list = [];
            private readonly Random _random = new(42);
            private readonly IReadOnlyDictionary<string, int> _read = new Dictionary<string, int>();
            private readonly IDictionary<string, int> _ordered = new SortedDictionary<string, int>(StringComparer.Ordinal);
            private ISet<string> _set;
            private IReadOnlyList<string> _kept = [];
            private object? _any;

            protected override object? HandleAppend(Entry<string> entry)
            {
                BODY
                return null;
            }

            private object Pass(object value) => value;
        }

        public interface IRules
        {
            bool Allows(string name);
        }
        """;

    [Theory]
    [InlineData("clocks", """
        _any = {|RAFT001:DateTime.Now|};
        _any = {|RAFT001:DateTimeOffset.UtcNow|}.AddDays(1);
        _any = {|RAFT001:time.GetUtcNow()|};
        _any = {|RAFT001:TimeProvider.System.GetUtcNow()|};
        _any = {|RAFT001:Stopwatch.GetTimestamp()|} + {|RAFT001:Environment.TickCount64|};
        _any = {|RAFT001:Context.System.Scheduler.Now|};
        Func<DateTime> later = () => {|RAFT001:DateTime.Today|};
        _any = DateTime.UnixEpoch.AddDays(entry.Serial.Value);
        Context.GetLogger().Info("at {0}", DateTime.UtcNow);
        Console.WriteLine($"at {DateTime.UtcNow}");
        throw new InvalidOperationException($"at {DateTime.UtcNow}");
        """)]
    [InlineData("randomness", """
        _any = {|RAFT002:Guid.NewGuid()|};
        _any = {|RAFT002:Random.Shared.Next()|};
        _any = {|RAFT002:_random.Next()|};
        _any = {|RAFT002:RandomNumberGenerator.GetInt32(6)|};
        var seeded = new Random((int)entry.Serial.Value);
        _any = seeded.Next() + new Random(1).Next();
        _any = Guid.Parse(entry.Value);
        """)]
    [InlineData("hash codes", """
        _any = {|RAFT003:entry.Value.GetHashCode()|};
        _any = {|RAFT003:HashCode.Combine(entry.Key, 1)|};
        _any = {|RAFT003:entry.GetHashCode()|};
        _any = {|RAFT003:(entry.Key, 1).GetHashCode()|};
        _any = entry.Serial.Value.GetHashCode() + Guid.Empty.GetHashCode() + DayOfWeek.Monday.GetHashCode();
        """)]
    [InlineData("the machine", """
        _any = {|RAFT004:File.ReadAllText("limits")|};
        _any = {|RAFT004:Environment.MachineName|};
        _any = {|RAFT004:Context.System.Settings.Config.GetInt("limit")|};
        {|RAFT004:Calls|}++;
        {|RAFT004:Shared|}.Add(entry.Key);
        {|RAFT004:Table|}["a"] = 2;
        _any = Table["a"] + Path.Combine("a", "b") + Environment.NewLine;
        using var stream = new MemoryStream();
        """)]
    [InlineData("asynchrony", """
        {|RAFT005:Task.Run(() => _any = 1)|};
        {|RAFT005:other.Ask<int>("count").Wait()|};
        _any = {|RAFT005:other.Ask<int>("count")|};
        {|RAFT005:new Thread(() => { }).Start()|};
        {|RAFT005:Parallel.ForEach(_list, name => _any = name)|};
        Self.Tell(entry.Key);
        """)]
    [InlineData("order", """
        foreach (var name in {|RAFT006:_names|}) { _list.Add(name); }
        foreach (var (name, _) in {|RAFT006:_counts|}) { other.Tell(name); }
        foreach (var count in {|RAFT006:_counts|}.Values) { _any = count; break; }
        foreach (var name in {|RAFT006:_names|}) { if (name.Length > 9) { return name; } }
        var left = 9;
        foreach (var (name, count) in {|RAFT006:_counts|}) { left -= count; if (left < 0) { break; } }
        _any = {|RAFT006:_counts|}.Keys.First();
        _any = string.Join(",", {|RAFT006:_read|}.Select(each => each.Key));
        _set = new HashSet<string>();
        _any = {|RAFT006:_set|}.First();
        _any = string.Join(",", {|RAFT006:_names|});
        _any = new Result({|RAFT006:_names|}.Where(name => name.Length > 1).ToList());
        _kept = [.. {|RAFT006:_names|}];
        _list.AddRange({|RAFT006:_names|});
        var taken = {|RAFT006:_counts|}.Keys.ToList();
        _kept = taken;
        _any = from name in {|RAFT006:_list.AsParallel()|} select name;
        return {|RAFT006:_names|}.ToArray();
        """)]
    [InlineData("no order", """
        foreach (var name in _names) { _counts[name] = 1; }
        foreach (var (name, count) in _sorted) { _list.Add(name); }
        foreach (var name in _names) { if (name == entry.Key) { _any = name; break; } }
        foreach (var name in _counts.Keys.ToList()) { _counts.Remove(name); }
        var old = new List<string>();
        foreach (var (name, count) in _counts) { if (count < 3) { old.Add(name); } }
        foreach (var name in old) { _counts.Remove(name); }
        var sum = 0;
        foreach (var count in _counts.Values) { sum += count; }
        _any = _counts.Values.Sum() + _counts.Count(pair => pair.Value > 1) + _names.Max(name => name.Length);
        _any = _names.Any() || _names.Contains("a") || _names.All(name => name.Length > 0);
        _any = _names.Order(StringComparer.Ordinal).First();
        _any = _ordered.First().Key + _read["a"] + _read.Count;
        _set = new SortedSet<string>(StringComparer.Ordinal);
        _any = _set.First();
        _any = _counts.FirstOrDefault(pair => pair.Key == entry.Key);
        _any = _counts.ToDictionary(pair => pair.Key, pair => pair.Value + 1);
        _any = new SortedSet<string>(_names.Where(name => name.Length > 1), StringComparer.Ordinal).First();
        SortedSet<string> copied = [.. _names];
        foreach (var name in copied) { _list.Add(name); }
        var hasLong = false;
        foreach (var name in _names) { if (name.Length > 9) { hasLong = true; break; } }
        foreach (var count in _counts.Values) { if (count > 9) { return new Result([]); } }
        var found = new List<string>();
        foreach (var name in _names) { found.Add(name); }
        if (hasLong) { return found.OrderBy(name => name, StringComparer.Ordinal).ToList(); }
        var sorted = _names.ToList();
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
        """)]
    [InlineData("culture", """
        var (number, price, day) = (1.5, 2.5m, new DateTime(2026, 1, 1));
        _any = {|RAFT007:double.Parse(entry.Value)|};
        _any = {|RAFT007:decimal.TryParse(entry.Value, out price)|};
        _any = {|RAFT007:DateTime.Parse(entry.Value)|};
        _any = {|RAFT007:price.ToString("0.00")|};
        _any = {|RAFT007:$"{day}"|};
        _any = {|RAFT007:"at " + number|};
        _any = {|RAFT007:string.Format("{0}", number)|};
        _any = {|RAFT007:entry.Value.StartsWith("a")|} || {|RAFT007:string.Compare(entry.Key, "a")|} < 0;
        _any = {|RAFT007:entry.Value.ToUpper()|};
        _any = {|RAFT007:_list.OrderBy(name => name)|}.ToList();
        {|RAFT007:_list.Sort()|};
        _any = {|RAFT007:new SortedSet<string>()|};
        _any = string.Equals(entry.Key, "a", {|RAFT007:StringComparison.CurrentCultureIgnoreCase|});
        _any = day.ToString({|RAFT007:CultureInfo.CurrentCulture|});
        """)]
    [InlineData("no culture", """
        var (number, day) = (1.5, new DateTime(2026, 1, 1));
        _any = double.Parse(entry.Value, CultureInfo.InvariantCulture);
        _any = int.Parse(entry.Value) + $"{entry.Serial} {day:O}" + day.ToString("O");
        _any = string.Create(CultureInfo.InvariantCulture, $"{number}") + FormattableString.Invariant($"{number}");
        _any = entry.Key == entry.Value || entry.Key.Equals("a") || entry.Key.Contains("a") || entry.Key.StartsWith('a');
        _any = _list.OrderBy(name => name, StringComparer.Ordinal).ThenBy(name => name.Length).ToList();
        _any = entry.Key.ToUpperInvariant() + string.CompareOrdinal(entry.Key, "a") + Pass(number);
        _list.Sort(string.CompareOrdinal);
        """)]
    [InlineData("live state", """
        _list.Add(entry.Key);
        _counts["a"] = 1;
        if (entry.Key == "a") { return {|RAFT008:_list|}; }
        if (entry.Key == "b") { return entry.Value == "c" ? {|RAFT008:_counts.Keys|} : null; }
        if (entry.Key == "d") { return {|RAFT008:_list.Where(name => name.Length > 1)|}; }
        if (entry.Key == "e") { return {|RAFT008:_list.AsReadOnly()|}; }
        if (entry.Key == "f") { return _list.Where(name => name.Length > 1).ToList(); }
        if (entry.Key == "g") { return new Dictionary<string, int>(_counts); }
        if (entry.Key == "h") { return _kept; }
        """)]
    [InlineData("effects", """
        {|RAFT009:Group.Append("next", entry.Value)|};
        {|RAFT009:http.PostAsync("http://mail", null)|};
        Group.TakeSnapshot();
        _any = Group.Read(entry.Serial);
        _any = rules.Allows(entry.Key);
        other.Tell(entry.Key);
        """)]
    public Task Rule_finds_the_marked_code(string name, string body)
    {
        Assert.NotEmpty(name);
        return RunAsync<ReplicatedCallbackAnalyzer>(Actor.Replace("BODY", body));
    }

    [Fact]
    public Task Calls_are_followed_through_virtual_members_to_the_stated_depth() => RunAsync<ReplicatedCallbackAnalyzer>("""
        public abstract record Command
        {
            public abstract object? Apply(int depth);
        }

        public sealed record Stamp : Command
        {
            public override object? Apply(int depth) => {|RAFT001:DateTime.UtcNow|};
        }

        public interface IClock
        {
            DateTime Now { get; }
        }

        public sealed class SystemClock : IClock
        {
            public DateTime Now => {|RAFT001:DateTime.Now|};
        }

        public sealed class Counter(IClock clock) : ReplicatedEntity<int, Command, object>
        {
            protected override int NewState() => 0;

            protected override object HandleCommand(Command command) => (command.Apply(1), clock.Now, One());

            protected override object? HandleQuestion(object? question) => DateTime.UtcNow;

            private object One() => Two();
            private object Two() => Three();
            private object Three() => Four();
            private object Four() => Five();
            private object Five() => Six();
            private object Six() => Seven();
            private object Seven() => Eight();
            private object Eight() => ({|RAFT001:DateTime.UtcNow|}, Nine());
            private object Nine() => DateTime.UtcNow;
        }
        """);

    [Fact]
    public Task Callbacks_of_one_node_are_left_alone() => RunAsync<ReplicatedCallbackAnalyzer>("""
        public sealed class Subject : RaftActor<string, string>, IRaftSnapshot<string>
        {
            private DateTime _seen;

            public Subject() => Receive<int>(_ => Group.Append("now", $"{DateTime.UtcNow}"));

            public string TakeSnapshot(Serial serial) => $"{DateTime.UtcNow}";

            public void RestoreSnapshot(Serial serial, string state) => _seen = {|RAFT001:DateTime.UtcNow|};

            protected override string HandleAppend(Entry<string> entry) => "";

            protected override void HandleLeader(Leader? leader) => Group.Append("leader", $"{Guid.NewGuid()}");

            protected override string? HandleProposal(Proposal<string> proposal) => _seen < DateTime.UtcNow ? "late" : null;

            protected override object? HandleQuery(object question) => DateTime.UtcNow;
        }
        """);

    [Fact]
    public Task Project_without_cultures_has_no_finding_about_them()
    {
        var test = new CSharpCodeFixTest<ReplicatedCallbackAnalyzer, EmptyCodeFixProvider, DefaultVerifier>();
        test.TestState.AnalyzerConfigFiles.Add(
            ("/.globalconfig", "is_global = true\nbuild_property.InvariantGlobalization = true\n"));
        return RunAsync(test, Actor.Replace("BODY", "_any = double.Parse(entry.Value);"));
    }

    [Fact]
    public Task Sender_and_context_are_found_where_akka_does_not_keep_them() => RunAsync<AfterAwaitAnalyzer>("""
        public sealed class Subject : RaftActor<string, string>
        {
            public Subject()
            {
                ReceiveAsync<int>(async number =>
                {
                    await Task.Delay(number);
                    Sender.Tell(number);
                });
                ReceiveAsync<long>(async number =>
                {
                    await Task.Delay(1).ConfigureAwait(false);
                    {|RAFT010:Sender|}.Tell(number);
                });
                Receive<string>(async text =>
                {
                    var sender = Sender;
                    await Task.Delay(1);
                    sender.Tell(text);
                    {|RAFT010:Context|}.Stop(Self);
                });
                ReceiveAsync<bool>(KeptAsync);
                Receive<double>(number => { _ = LostAsync(number); });
            }

            protected override string HandleAppend(Entry<string> entry) => "";

            private async Task KeptAsync(bool flag)
            {
                await Task.Delay(1);
                Sender.Tell(flag);
            }

            private async Task LostAsync(double number)
            {
                await Task.Delay(1);
                {|RAFT010:Sender|}.Tell(number);
            }
        }
        """);

    [Fact]
    public Task Culture_is_fixed()
    {
        const string Found = """
            var price = {|RAFT007:decimal.Parse(entry.Value)|};
            _any = {|RAFT007:decimal.TryParse(entry.Value, out price)|};
            _any = {|RAFT007:price.ToString()|};
            _any = {|RAFT007:$"{price}"|};
            _any = {|RAFT007:entry.Value.StartsWith("a")|};
            _any = {|RAFT007:entry.Value.CompareTo("a")|};
            _any = {|RAFT007:entry.Value.ToUpper()|};
            _any = {|RAFT007:_list.Order()|}.ToList();
            _any = {|RAFT007:new SortedSet<string>()|};
            """;
        const string Fixed = """
            var price = decimal.Parse(entry.Value, CultureInfo.InvariantCulture);
            _any = decimal.TryParse(entry.Value, CultureInfo.InvariantCulture, out price);
            _any = price.ToString(CultureInfo.InvariantCulture);
            _any = string.Create(CultureInfo.InvariantCulture, $"{price}");
            _any = entry.Value.StartsWith("a", StringComparison.Ordinal);
            _any = string.CompareOrdinal(entry.Value, "a");
            _any = entry.Value.ToUpperInvariant();
            _any = _list.Order(StringComparer.Ordinal).ToList();
            _any = new SortedSet<string>(StringComparer.Ordinal);
            """;
        var test = new CSharpCodeFixTest<ReplicatedCallbackAnalyzer, ReplacementCodeFix, DefaultVerifier>
        {
            FixedCode = Source.Usings + Actor.Replace("BODY", Fixed),
        };
        return RunAsync(test, Actor.Replace("BODY", Found));
    }

    [Fact]
    public Task Clock_is_replaced_by_the_time_of_the_entry()
    {
        const string Found = """
            _any = {|RAFT001:DateTime.UtcNow|};
            _any = {|RAFT001:DateTimeOffset.UtcNow|}.AddDays(1);
            _any = {|RAFT001:time.GetUtcNow()|};
            _any = {|RAFT001:TimeProvider.System.GetUtcNow()|};
            Func<DateTime> later = () => {|RAFT001:DateTime.UtcNow|};
            """;
        const string Fixed = """
            _any = entry.Time.UtcDateTime;
            _any = entry.Time.AddDays(1);
            _any = entry.Time;
            _any = entry.Time;
            Func<DateTime> later = () => entry.Time.UtcDateTime;
            """;
        var test = new CSharpCodeFixTest<ReplicatedCallbackAnalyzer, ReplacementCodeFix, DefaultVerifier>
        {
            FixedCode = Source.Usings + Actor.Replace("BODY", Fixed),
        };
        return RunAsync(test, Actor.Replace("BODY", Found));
    }

    [Fact]
    public Task Clock_is_replaced_by_the_time_of_an_entity_that_handles_a_command()
    {
        const string Entity = """
            public sealed class Cart : ReplicatedEntity<DateTimeOffset, object?, DateTimeOffset>
            {
                protected override DateTimeOffset NewState() => {|RAFT001:DateTimeOffset.UtcNow|};

                protected override DateTimeOffset HandleCommand(object? command) => CLOCK;
            }
            """;
        var test = new CSharpCodeFixTest<ReplicatedCallbackAnalyzer, ReplacementCodeFix, DefaultVerifier>
        {
            FixedCode = Source.Usings + Entity.Replace("CLOCK", "Time"),

            // NewState has no time of a command, so its finding stays.
            FixedState = { MarkupHandling = MarkupMode.Allow },
        };
        return RunAsync(test, Entity.Replace("CLOCK", "{|RAFT001:DateTimeOffset.UtcNow|}"));
    }

    [Fact]
    public void Page_has_a_section_for_each_rule()
    {
        var sections = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "analyzers.md"))
            .Where(line => line.StartsWith("## RAFT", StringComparison.Ordinal))
            .Select(line => $"docs/analyzers.md#{line["## ".Length..].ToLowerInvariant()}");
        var rules = new ReplicatedCallbackAnalyzer().SupportedDiagnostics.Concat(new AfterAwaitAnalyzer().SupportedDiagnostics);

        Assert.Equal(sections, rules.Select(rule => rule.HelpLinkUri));
    }

    private static Task RunAsync<TAnalyzer>(string code)
        where TAnalyzer : Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzer, new() =>
        RunAsync(new CSharpCodeFixTest<TAnalyzer, EmptyCodeFixProvider, DefaultVerifier>(), code);

    private static Task RunAsync(AnalyzerTest<DefaultVerifier> test, string code)
    {
        // The assemblies of this test, so that the kit fetches none.
        test.ReferenceAssemblies = new ReferenceAssemblies("net10.0");
        test.TestState.AdditionalReferences.AddRange(Source.References);
        test.TestCode = Source.Usings + code;
        test.CompilerDiagnostics = CompilerDiagnostics.Errors;
        return test.RunAsync(CancellationToken.None);
    }

    /// <summary>The kit locks a folder for packages, although it fetches none, and leaves it.</summary>
    public sealed class PackageFolder : IDisposable
    {
        private static readonly string Folder = Path.Combine(Path.GetTempPath(), "test-packages");

        /// <inheritdoc/>
        public void Dispose()
        {
            // Another program may keep packages there.
            if (Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).All(each => Path.GetFileName(each) == ".lock"))
            {
                Directory.Delete(Folder, recursive: true);
            }
        }
    }
}

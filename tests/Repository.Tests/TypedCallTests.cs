namespace Repository.Tests;

/// <summary>Calls of a user that the compiler accepts or refuses, because of the types of the API.</summary>
public sealed class TypedCallTests
{
    private const string Entities = """
        public sealed record Withdraw(long Cents);

        public sealed record AddItem(string Name);

        public sealed class Account : ReplicatedEntity<long, Withdraw, bool>
        {
            protected override long NewState() => 0;

            protected override bool HandleCommand(Withdraw command)
            {
                REMIND
                return true;
            }
        }

        public sealed class Caller(EntityClient<Withdraw, bool> accounts)
        {
            public async Task<bool> CallAsync() => (await accounts.CALL).Result;
        }
        """;

    [Theory]
    [InlineData("SendAsync(\"alice\", new Withdraw(1))", "Remind(\"again\", TimeSpan.Zero, command);", "")]
    [InlineData("SendAsync(\"alice\", new AddItem(\"tea\"))", "", "CS1503")]
    [InlineData("SendAsync(\"alice\", new Withdraw(1))", "Remind(\"again\", TimeSpan.Zero, new AddItem(\"tea\"));", "CS1503")]
    public void Command_of_another_entity_does_not_compile(string call, string remind, string error) =>
        Assert.Equal(error, ErrorsOf(Entities.Replace("CALL", call).Replace("REMIND", remind)));

    private const string Questions = """
        public sealed record ReadTotal : IRaftQuestion<int>;

        public sealed class Caller(RaftClient<string, bool> tally, EntityClient<string, bool> tallies)
        {
            public async Task<TYPE> CallAsync() => (await CALL).Result;
        }
        """;

    [Theory]
    [InlineData("tally.QueryAsync(new ReadTotal())", "int", "")]
    [InlineData("tallies.AskAsync(\"a\", new ReadTotal())", "int", "")]
    [InlineData("tally.QueryAsync<string>(\"total\")", "string", "")]
    [InlineData("tallies.AskAsync<string>(\"a\")", "string", "")]
    [InlineData("tally.QueryAsync(new ReadTotal())", "string", "CS0029")]
    [InlineData("tallies.AskAsync(\"a\", new ReadTotal())", "string", "CS0029")]
    public void Question_may_name_the_type_of_its_answer(string call, string type, string error) =>
        Assert.Equal(error, ErrorsOf(Questions.Replace("CALL", call).Replace("TYPE", type)));

    private static string ErrorsOf(string code)
    {
        var assemblies = Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => Path.GetFileName(file) is "RaftActors.dll" or "RaftActors.Core.dll" or "Akka.dll");
        var errors = Compilation.ErrorsOf(
            OutputKind.DynamicallyLinkedLibrary,
            [CSharpSyntaxTree.ParseText(code)],
            ["System", "System.Threading.Tasks", "RaftActors"],
            assemblies);
        return string.Join(", ", errors.Select(error => error.Id));
    }
}

using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Embedded.Tests.Actor;

namespace Akka.Embedded.Tests.Dispatch;

public sealed class MailboxTests : ActorTest
{
    // Together deep enough to end the stack of a thread that walks the queue by recursion.
    private const int Threads = 4;
    private const int MessagesOfAThread = 20_000;

    [Fact]
    public async Task Equal_system_messages_of_many_threads_to_a_busy_actor_all_arrive()
    {
        using var isBusy = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var actor = (InternalActorRef)NewActor((context, message) =>
        {
            if (message is "wait")
            {
                isBusy.Set();
                release.Wait(Patience);
            }

            context.Sender.Tell(message);
        });
        actor.Tell("wait", ActorRefs.NoSender);
        Assert.True(isBusy.Wait(Patience));

        // The actor handles messages again when it has had as many Resumes as Suspends.
        await Post(() => actor.SendSystemMessage(new Suspend()));
        await Post(() => actor.SendSystemMessage(new Resume(null)));
        release.Set();

        Assert.Equal("answered", await actor.Ask<string>("answered", Patience));
    }

    private static async Task Post(Action post)
    {
        using var start = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < MessagesOfAThread; i++)
                {
                    post();
                }
            },
            TaskCreationOptions.LongRunning)));
    }
}

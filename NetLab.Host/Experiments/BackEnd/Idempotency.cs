using System.Text;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>The answer to a request is lost, and the client asks again.</summary>
internal sealed class Idempotency : Experiment
{
    private const string AllOrders = "the shop takes every request for an order";
    private const string NoKeys = "the shop does not look at the key";

    private static readonly string[] Kinds = ["POST", "POST with a key", "PUT", "DELETE", "GET"];
    private static readonly Parameter<TimeSpan> Patience = Parameter.Duration("patience", "how long the client waits for an answer", "1s", "100ms", "10s");

    public override string Name => "idempotency";

    public override string Title => "Asking again";

    public override string Summary => "A client orders from a shop; the request arrives, the answer is lost, and the client asks again after a second. POST, POST with an idempotency key, PUT, DELETE, GET.";

    public override string Question => "The client has heard nothing and asks again. How often is the order in the shop's books: after POST, after POST with a key, after PUT? What is different after DELETE and GET?";

    public override IReadOnlyList<Parameter> Parameters => [Patience];

    public override IReadOnlyList<Mutation> Mutations => [new(NoKeys) { IsOwn = true }, new(AllOrders) { IsOwn = true }, new("no answer is lost") { Link = d => d with { Drops = [] } }];

    public override void Run(Bench bench)
    {
        (int Orders, int Requests, string Answer)[] got = [.. Kinds.Select(kind => Try(bench, kind))];
        bench.Law("orders after POST, asked twice", got[0].Orders, 2, 0, "", "POST is not idempotent (RFC 9110, 9.2.2)");
        bench.Law("orders after POST with a key", got[1].Orders, 1, 0, "", "the second request of a key gets the first one's answer (draft-ietf-httpapi-idempotency-key-header)");
        bench.Law("orders after PUT", got[2].Orders, 1, 0, "", "the same state, however often it is put (RFC 9110, 9.3.4)");
        bench.Law("orders after DELETE", got[3].Orders, 0, 0, "", "what is gone is gone (RFC 9110, 9.3.5)");
        bench.LawTrue("the second DELETE is answered 404", got[3].Answer == "404", "idempotent is the effect, not the answer (RFC 9110, 9.2.2)");
        bench.Law("orders after GET", got[4].Orders, 1, 0, "", "safe: nothing is changed (RFC 9110, 9.2.1)");
        bench.Law("requests the shop saw, each kind", got.Average(g => g.Requests), 2, 0, "", "one answer was lost, the next came");
        bench.Picture("orders", "Orders in the books when one answer was lost", () => new Chart("by kind of request", new Axis("request", "") { Categories = Kinds }, new Axis("orders", "") { Min = 0, Max = 3 },
            [new MarkLayer(MarkShape.Dot, [.. got.Select((g, i) => new Point(i, g.Orders))]) { Name = "orders" }]));
    }

    public override string Explanation =>
        "To the client a lost answer looks like a lost request: it cannot know whether the order was taken, and has to ask again or to give up. What may be asked again without harm is a property of the request: GET changes nothing, PUT and DELETE have the same effect twice, POST does not. A key of the client's own makes it so: the shop keeps the answer under the key, and gives it again. "
        + "TCP does not help here: its acknowledgment says that the bytes arrived at the other machine, not what became of them.";

    public override IReadOnlyList<string> Sources => ["RFC 9110, 9.2.2", "Saltzer, Reed and Clark 1984"];

    private static (int Orders, int Requests, string Answer) Try(Bench bench, string kind)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost shop) = (network.Host("client"), network.Host("shop"));
        network.Connect(client, shop, "delay=20ms,down.drop=ANY#1");
        (VirtualHost asks, VirtualHost answers) = network.NewHosts(client, shop, "request");
        var books = new Books(keepsKeys: !bench.IsBroken(NoKeys), bench.IsBroken(AllOrders));
        if (kind is "DELETE" or "GET")
        {
            books.Put("order-1");
        }

        int requests = 0;
        string? answer = null;
        answers.OnReceive = (request, _, _) =>
        {
            requests++;
            answers.Send(Encoding.ASCII.GetBytes(books.Answer(Encoding.ASCII.GetString(request))), asks.Address);
        };
        asks.OnReceive = (bytes, _, _) => answer = Encoding.ASCII.GetString(bytes);

        void Ask()
        {
            if (answer is null)
            {
                asks.Send(Encoding.ASCII.GetBytes(kind), answers.Address);
                network.In(bench.Get(Patience), Ask);
            }
        }

        Ask();
        network.RunUntil(() => answer is not null, TimeSpan.FromMinutes(5));
        return (books.Orders, requests, answer ?? "none");
    }

    /// <summary>The shop's books.</summary>
    private sealed class Books(bool keepsKeys, bool takesAll)
    {
        private readonly HashSet<string> _orders = [];
        private readonly Dictionary<string, string> _answers = [];
        private int _posted;

        public int Orders => _orders.Count;

        public void Put(string order) => _orders.Add(order);

        public string Answer(string request)
        {
            switch (takesAll ? "" : request)
            {
                case "POST with a key" when keepsKeys:
                    if (!_answers.TryGetValue("key-1", out string? known))
                    {
                        _answers.Add("key-1", known = Answer("POST"));
                    }

                    return known;
                case "PUT":
                    return _orders.Add("order-1") ? "201" : "204";
                case "DELETE":
                    return _orders.Remove("order-1") ? "204" : "404";
                case "GET":
                    return _orders.Contains("order-1") ? "200" : "404";
                default:
                    _orders.Add($"posted-{++_posted}");
                    return "201";
            }
        }
    }
}
